import { inFile, type SunstepWarning } from "@sunstep/errors";
import { canonicalNames } from "../canonical-names.js";
import { type CollectedWeights, collectWeights } from "../collect-weights.js";
import { type ControlNetConfig, parseControlNetConfig } from "../config/controlnet.js";
import type { OpenedComponent } from "../diffusers/component.js";
import { checkpointError, checkpointWarning } from "../errors.js";
import { fitWeights } from "../fit-weights.js";
import { identify, identityName } from "../identify.js";
import type { SafetensorsFile } from "../safetensors/open.js";
import { weightsOf } from "../weights.js";
import { controlNetModules } from "./controlnet-names.js";
import { deriveControlNetConfig, hasPublishedWidths } from "./derive-config.js";
import { renameParameter } from "./module-names.js";

/** Prefixes of a ControlNet's tensors in the original naming; "" comes last, since it fits any name. */
const PREFIXES = ["control_model.", ""];

/** Opens a file in the original (`control_model.*`) or in diffusers' names. */
export function openControlNetFile(
  file: SafetensorsFile,
  given: Partial<ControlNetConfig>,
): OpenedComponent<ControlNetConfig> {
  const where = file.source.name;
  const identity = identify(file);
  if (identity.kind !== "controlnet" || identity.unsupported) {
    throw checkpointError(
      "CHECKPOINT_COMPONENT_MISSING",
      `${where}: this is ${identity.unsupported ?? identityName(identity)}, not a ControlNet that can be used here. ` +
        identity.advice,
      { file: where, kind: identity.kind, component: "controlnet" },
    );
  }
  const collected = inFile(where, () => collect(file));
  const derived = { ...deriveControlNetConfig(weightsOf(collected.table, where)), ...given };
  const config = parseControlNetConfig(derived, `${where} (config of its ControlNet)`);
  const { weights, warnings } = fitWeights("controlnet", config, collected, where);
  return { config, weights, warnings: [...warnings, ...headWarnings(config, given, where)] };
}

function headWarnings(
  config: ControlNetConfig,
  given: Partial<ControlNetConfig>,
  file: string,
): readonly SunstepWarning[] {
  const heads = given.attention_head_dim ?? given.num_attention_heads;
  if (heads !== undefined || hasPublishedWidths(config)) return [];
  return [
    checkpointWarning(
      "CHECKPOINT_ASSUMED_HEADS",
      `${file}: the ControlNet has unusual widths (${config.block_out_channels}), and the file does not tell its numbers of ` +
        `attention heads and norm groups: ${config.attention_head_dim} and ${config.norm_num_groups} were assumed. ` +
        "Set config.attention_head_dim and config.norm_num_groups if that is wrong",
      { file, component: "controlnet" },
    ),
  ];
}

function collect(file: SafetensorsFile): CollectedWeights {
  if (file.tensors.has("controlnet_cond_embedding.conv_in.weight"))
    return collectWeights([file], canonicalNames.controlnet);
  const names = [...file.tensors.keys()];
  const prefix = PREFIXES.find((start) =>
    names.some((name) => name.startsWith(`${start}input_hint_block.`)),
  )!;
  const own = names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const modules = new Map(controlNetModules(new Set(own)));
  return collectWeights([file], ({ name }) => {
    const canonical = name.startsWith(prefix)
      ? renameParameter(name.slice(prefix.length), modules)
      : undefined;
    return canonical === undefined ? undefined : [{ name: canonical }];
  });
}
