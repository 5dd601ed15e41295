import { inFile } from "@sunstep/errors";
import { canonicalNames } from "../canonical-names.js";
import { collectWeights } from "../collect-weights.js";
import { parseVaeConfig, type VaeConfig } from "../config/vae.js";
import type { OpenedComponent } from "../diffusers/component.js";
import { checkpointError } from "../errors.js";
import { fitWeights } from "../fit-weights.js";
import { identify, identityName } from "../identify.js";
import type { SafetensorsFile } from "../safetensors/open.js";
import { weightsOf } from "../weights.js";
import { deriveVaeConfig } from "./derive-config.js";
import { splitFile } from "./split.js";

export interface OpenedVae extends OpenedComponent<VaeConfig> {
  /** True for a file of a VAE alone, which does not tell its scaling factor: the model decides that it is given to. */
  readonly assumesScale?: boolean;
}

/** Opens a file in diffusers' or in the original names, or the VAE of a whole checkpoint. */
export function openVaeFile(file: SafetensorsFile): OpenedVae {
  const where = file.source.name;
  const original = inFile(where, () => splitFile(file, ["first_stage_model.", "vae.", ""])).vae;
  const isDiffusers = [...file.tensors.keys()].some((name) => name.startsWith("decoder.mid_block."));
  const collected = isDiffusers ? collectWeights([file], canonicalNames.vae) : original;
  const identity = identify(file);
  // A file that is known as a VAE and lacks a weight gets the error that names the weight.
  if (!collected.table.has("decoder.conv_in.weight") && identity.kind !== "vae") {
    throw checkpointError(
      "CHECKPOINT_COMPONENT_MISSING",
      `${where}: this is ${identityName(identity)}, and there is no VAE in it. ${identity.advice}`,
      { file: where, kind: identity.kind, component: "vae" },
    );
  }
  const { kind, architecture } = identify(file);
  const isWhole = kind === "checkpoint";
  const derived = deriveVaeConfig(
    weightsOf(collected.table, where),
    isWhole && architecture === "sdxl" ? "sdxl" : "sd1",
  );
  const config = parseVaeConfig({ ...derived }, `${where} (config of its VAE)`);
  return {
    config,
    ...fitWeights("vae", config, collected, where),
    ...(!isWhole && { assumesScale: true }),
  };
}
