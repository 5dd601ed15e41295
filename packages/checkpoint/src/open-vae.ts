import { inFile } from "@sunstep/errors";
import type { ByteSource } from "@sunstep/files";
import { canonicalNames } from "./canonical-names.js";
import { collectWeights } from "./collect-weights.js";
import type { VaeConfig } from "./config/vae.js";
import { parseVaeConfig } from "./config/vae.js";
import { type OpenedComponent, openComponent } from "./diffusers/component.js";
import { checkpointError } from "./errors.js";
import type { FileTree } from "./file-tree.js";
import { fitWeights } from "./fit-weights.js";
import { identify, identityName } from "./identify.js";
import type { JsonObject } from "./json.js";
import { deriveVaeConfig } from "./ldm/derive-config.js";
import { splitFile } from "./ldm/split.js";
import { openSafetensors, type SafetensorsFile } from "./safetensors/open.js";
import { weightsOf } from "./weights.js";

export interface OpenVaeOptions {
  /** The variant of a folder's files: "fp16" for diffusion_pytorch_model.fp16.safetensors. */
  readonly variant?: string;
}

export interface OpenedVae extends OpenedComponent<VaeConfig> {
  /** True for a file of a VAE alone, which does not tell its scaling factor: the model decides that it is given to. */
  readonly assumesScale?: boolean;
}

/**
 * Opens a VAE by itself: a diffusers folder of it or of a whole model, a file in diffusers' or in the original names, or
 * a whole checkpoint, of which the VAE is taken.
 * @throws SunstepError CHECKPOINT_…
 */
export async function openVae(
  files: FileTree | ByteSource,
  { variant }: OpenVaeOptions = {},
): Promise<OpenedVae> {
  if ("read" in files) return openVaeFile(await openSafetensors(files));
  for (const folder of ["", "vae"]) {
    if (await files.open(folder ? `${folder}/config.json` : "config.json"))
      return openComponent("vae", files, { folder, ...(variant && { variant }) });
  }
  const single = (await files.list()).filter((path) => /^[^/]+\.safetensors$/.test(path));
  if (single.length === 1) return openVaeFile(await openSafetensors((await files.open(single[0]!))!));
  throw checkpointError(
    "CHECKPOINT_FILE_MISSING",
    `${files.name ?? "the folder"}: there is no VAE in it: no config.json, no vae/config.json` +
      (single.length > 0 ? `. Give one of its files: ${single.slice(0, 5).join(", ")}` : ""),
    { file: "config.json", single },
  );
}

function openVaeFile(file: SafetensorsFile): OpenedVae {
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
  const config = parseVaeConfig(derived as unknown as JsonObject, `${where} (config of its VAE)`);
  return {
    config,
    ...fitWeights("vae", config, collected, where),
    ...(!isWhole && { assumesScale: true }),
  };
}
