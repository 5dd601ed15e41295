import type { ByteSource } from "@sunstep/files";
import { openComponent } from "./diffusers/component.js";
import { checkpointError } from "./errors.js";
import type { FileTree } from "./file-tree.js";
import type { OpenedVae } from "./ldm/open-vae.js";
import { openSafetensors } from "./safetensors/open.js";

export type { OpenedVae } from "./ldm/open-vae.js";

export interface OpenVaeOptions {
  /** The variant of a folder's files: "fp16" for diffusion_pytorch_model.fp16.safetensors. */
  readonly variant?: string;
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
  if ("read" in files) return openFile(files);
  for (const folder of ["", "vae"]) {
    if (await files.open(folder ? `${folder}/config.json` : "config.json"))
      return openComponent("vae", files, { folder, ...(variant && { variant }) });
  }
  const single = (await files.list()).filter((path) => /^[^/]+\.safetensors$/.test(path));
  if (single.length === 1) return openFile((await files.open(single[0]!))!);
  throw checkpointError(
    "CHECKPOINT_FILE_MISSING",
    `${files.name ?? "the folder"}: there is no VAE in it: no config.json, no vae/config.json` +
      (single.length > 0 ? `. Give one of its files: ${single.slice(0, 5).join(", ")}` : ""),
    { file: "config.json", single },
  );
}

/** Pages whose VAE is a folder do not load the original layouts' names. */
async function openFile(source: ByteSource): Promise<OpenedVae> {
  const { openVaeFile } = await import("./ldm/open-vae.js");
  return openVaeFile(await openSafetensors(source));
}
