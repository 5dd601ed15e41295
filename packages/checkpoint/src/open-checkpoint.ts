import type { ByteSource } from "@sunstep/files";
import type { Checkpoint } from "./checkpoint.js";
import { diffusersLayout } from "./diffusers/layout.js";
import { type DiffusersOptions, openDiffusersFolder } from "./diffusers/open.js";
import { checkpointError } from "./errors.js";
import type { FileTree } from "./file-tree.js";
import type { SingleFileOptions } from "./ldm/open.js";
import { openSafetensors } from "./safetensors/open.js";

/** `config` and `beside` are for single files, `variant` for diffusers folders. */
export type OpenCheckpointOptions = SingleFileOptions & DiffusersOptions;

/**
 * Opens a diffusers folder, or a single file in the original layout, of Stable Diffusion 1.x, 2.x or XL or one of their
 * inpainting models. Reads headers and configs only.
 * @throws SunstepError CHECKPOINT_…
 */
export async function openCheckpoint(
  files: FileTree | ByteSource,
  options: OpenCheckpointOptions = {},
): Promise<Checkpoint> {
  if ("read" in files) {
    // Pages whose model is a folder do not load the original layouts' names.
    const { openSingleFile } = await import("./ldm/open.js");
    return openSingleFile(await openSafetensors(files), options);
  }
  const { index } = diffusersLayout;
  if (await files.open(index)) return openDiffusersFolder(files, options);
  const single = (await files.list()).filter((name) => name.endsWith(".safetensors"));
  const advice =
    single.length > 0 ? `Open one of its files: ${single.slice(0, 5).join(", ")}` : "Check the path";
  throw checkpointError(
    "CHECKPOINT_FILE_MISSING",
    `${files.name ?? "the checkpoint"}: it has no ${index}, so it is not a diffusers folder. ${advice}`,
    { file: index },
  );
}
