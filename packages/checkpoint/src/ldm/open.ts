import { inFile, type SunstepWarning } from "@sunstep/errors";
import {
  type Architecture,
  architectureOf,
  type Checkpoint,
  type Component,
  type ComponentConfigs,
  type ComponentKind,
  type PredictionType,
  type Replacements,
} from "../checkpoint.js";
import type { CollectedWeights } from "../collect-weights.js";
import type { ClipTextConfig } from "../config/clip-text.js";
import type { UNetConfig } from "../config/unet.js";
import type { VaeConfig } from "../config/vae.js";
import { configParsers } from "../diffusers/component.js";
import { checkpointError, checkpointWarning } from "../errors.js";
import type { FileTree } from "../file-tree.js";
import { fitWeights } from "../fit-weights.js";
import { identify, identityName } from "../identify.js";
import type { JsonObject } from "../json.js";
import type { SafetensorsFile } from "../safetensors/open.js";
import { weightsOf } from "../weights.js";
import {
  deriveClipTextConfig,
  deriveUNetConfig,
  deriveVaeConfig,
  hasPublishedWidths,
  PUBLISHED_TEXT_WIDTHS,
} from "./derive-config.js";
import { type FoundPrediction, findPrediction } from "./find-prediction.js";
import { defaultScheduler } from "./scheduler.js";
import { splitFile } from "./split.js";
import { readYamlFacts } from "./yaml-facts.js";

/** Facts and networks that a single file lacks. */
export interface SingleFileOptions extends Replacements {
  /** Fields to set in the derived configs: numbers of heads and norm groups, which shapes do not tell. */
  readonly config?: {
    readonly unet?: Partial<UNetConfig>;
    readonly textEncoder?: Partial<ClipTextConfig>;
    readonly vae?: Partial<VaeConfig>;
  };
  /** The folder that the file lies in; NAME.yaml is read there. */
  readonly beside?: FileTree;
}

const partNames: Readonly<Record<Exclude<ComponentKind, "taesd">, string>> = {
  unet: "U-Net",
  textEncoder: "text encoder",
  vae: "VAE",
};

export async function openSingleFile(
  file: SafetensorsFile,
  options: SingleFileOptions = {},
): Promise<Checkpoint> {
  refuseOthers(file);
  const where = file.source.name;
  const tables = inFile(where, () => splitFile(file));
  const openClip =
    tables.textEncoder.table.size > 0 &&
    [...file.tensors.keys()].some((name) => name.includes(".resblocks."));
  const fitWarnings: SunstepWarning[] = [];
  const component = <K extends "unet" | "textEncoder" | "vae">(
    kind: K,
    derive: (weights: Component<unknown>["weights"]) => ComponentConfigs[K],
  ): Component<ComponentConfigs[K]> => {
    const collected = part(tables[kind], kind, where);
    const derived = { ...derive(weightsOf(collected.table, where)), ...options.config?.[kind] };
    const config = configParsers[kind](
      derived as unknown as JsonObject,
      `${where} (config of its ${partNames[kind]})`,
    );
    const { weights, warnings } = fitWeights(kind, config, collected, where);
    fitWarnings.push(...warnings);
    return { config, weights };
  };

  const unet = component("unet", deriveUNetConfig);
  const textEncoder =
    options.textEncoder ?? component("textEncoder", (weights) => deriveClipTextConfig(weights, openClip));
  const vae = options.vae ?? component("vae", deriveVaeConfig);
  const architecture = architectureOf(unet.config);
  const inpainting = unet.config.in_channels > unet.config.out_channels;
  const yaml = await readYamlFacts(options.beside, where);
  const found: FoundPrediction = options.predictionType
    ? { prediction: options.predictionType, assumed: false }
    : await findPrediction({ file, unet: tables.unet.table, architecture, inpainting, yaml });
  const { prediction } = found;
  const zeroTerminalSnr = file.tensors.has("ztsnr");
  const size =
    options.config?.unet?.sample_size ??
    statedSize(file.metadata["modelspec.resolution"]) ??
    sampleSize(architecture, prediction);
  return {
    format: "single-file",
    architecture,
    unet: { ...unet, config: { ...unet.config, sample_size: size } },
    textEncoders: [{ ...textEncoder, name: "text_encoder" }],
    vae,
    schedulerConfig: defaultScheduler(architecture, inpainting, {
      prediction,
      zeroTerminalSnr,
      ...(yaml.betas && { betas: yaml.betas }),
    }),
    warnings: [...fitWarnings, ...warningsFor(unet.config, textEncoder.config, found, options, where)],
  };
}

/** The side of latents for a resolution of ModelSpec, "768x768". */
function statedSize(resolution = ""): number | undefined {
  const side = Number(/^(\d{2,4})x\1$/.exec(resolution)?.[1]);
  return side % 8 === 0 ? side / 8 : undefined;
}

/** The side of latents that most models of a kind were trained for: SD 2.x models that predict v have 768 pixels. */
function sampleSize(architecture: Architecture, prediction: PredictionType): number {
  return architecture === "sd2" && prediction === "v_prediction" ? 96 : 64;
}

function part(
  collected: CollectedWeights,
  kind: "unet" | "textEncoder" | "vae",
  file: string,
): CollectedWeights {
  if (collected.table.size > 0) return collected;
  const advice = {
    unet: "It is not a whole checkpoint",
    textEncoder: "Take the full checkpoint",
    vae: "Take the full checkpoint, or give another model's VAE (option vae, --vae)",
  }[kind];
  throw checkpointError(
    "CHECKPOINT_COMPONENT_MISSING",
    `${file}: there is no ${partNames[kind]} in it. ${advice}`,
    {
      file,
      component: kind,
    },
  );
}

function refuseOthers(file: SafetensorsFile): void {
  const identity = identify(file);
  const isModel = identity.kind === "checkpoint" && /^sd[12]$/.test(identity.architecture ?? "");
  if (isModel && !identity.unsupported) return;
  const where = file.source.name;
  throw checkpointError(
    "CHECKPOINT_UNSUPPORTED",
    `${where}: this is ${identity.unsupported ?? identityName(identity)}, not a plain checkpoint of Stable Diffusion 1.x ` +
      `or 2.x. ${identity.advice}`,
    { file: where, kind: identity.kind, architecture: identity.architecture },
  );
}

function warningsFor(
  unet: UNetConfig,
  textEncoder: ClipTextConfig,
  { prediction, assumed, unknown }: FoundPrediction,
  options: SingleFileOptions,
  file: string,
): SunstepWarning[] {
  const given = options.config;
  const warnings: SunstepWarning[] = [];
  const unetHeads = given?.unet?.attention_head_dim ?? given?.unet?.num_attention_heads;
  if (!hasPublishedWidths(unet) && unetHeads === undefined) {
    warnings.push(
      checkpointWarning(
        "CHECKPOINT_ASSUMED_HEADS",
        `${file}: the U-Net has unusual widths (${unet.block_out_channels}), and the file does not tell its numbers of ` +
          `attention heads and norm groups: ${unet.attention_head_dim} and ${unet.norm_num_groups} were assumed. ` +
          "Set config.unet.attention_head_dim and config.unet.norm_num_groups if that is wrong",
        { file, component: "unet" },
      ),
    );
  }
  const ownTextEncoder =
    options.textEncoder === undefined && given?.textEncoder?.num_attention_heads === undefined;
  if (ownTextEncoder && !PUBLISHED_TEXT_WIDTHS.includes(textEncoder.hidden_size)) {
    warnings.push(
      checkpointWarning(
        "CHECKPOINT_ASSUMED_HEADS",
        `${file}: the text encoder has an unusual width (${textEncoder.hidden_size}), and the file does not tell its ` +
          `number of attention heads: ${textEncoder.num_attention_heads} was assumed. ` +
          "Set config.textEncoder.num_attention_heads if that is wrong",
        { file, component: "text_encoder" },
      ),
    );
  }
  if (unknown !== undefined) {
    warnings.push(
      checkpointWarning(
        "CHECKPOINT_ASSUMED_PREDICTION",
        `${file}: its metadata says modelspec.prediction_type ${JSON.stringify(unknown)}, which is not known: ${prediction} was ` +
          "assumed. Set predictionType (--prediction) if that is wrong",
        { file, stated: unknown },
      ),
    );
  } else if (assumed) {
    warnings.push(
      checkpointWarning(
        "CHECKPOINT_ASSUMED_PREDICTION",
        `${file}: the file does not say whether this SD 2.x model predicts v (768 models) or noise (512 base models): ` +
          'v was assumed. Set predictionType (--prediction) to "epsilon" for a base model',
        { file },
      ),
    );
  }
  return warnings;
}
