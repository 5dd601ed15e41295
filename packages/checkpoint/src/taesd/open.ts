import type { ByteSource } from "@sunstep/files";
import type { TaesdConfig } from "../config/taesd.js";
import { type OpenedComponent, openComponent } from "../diffusers/component.js";
import type { FileTree } from "../file-tree.js";

export interface OpenTaesdOptions {
  /** The folder that a single file lies in: the encoder of a decoder is looked for there. */
  readonly beside?: FileTree;
}

/**
 * Opens a tiny autoencoder: a diffusers folder; a folder of its authors' `taesd_encoder` and `taesd_decoder`; or one file, in
 * diffusers' or the authors' names, with both halves or the decoder alone.
 * @throws SunstepError CHECKPOINT_…
 */
export async function openTaesd(
  files: FileTree | ByteSource,
  { beside }: OpenTaesdOptions = {},
): Promise<OpenedComponent<TaesdConfig>> {
  if (!("read" in files) && (await files.open("config.json"))) return openComponent("taesd", files);
  // Pages whose tiny autoencoder is a folder do not load the names of others.
  const { openTaesdFile, openTaesdFolder } = await import("./files.js");
  return "read" in files ? openTaesdFile(files, beside) : openTaesdFolder(files);
}
