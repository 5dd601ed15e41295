import {
  type ByteSource,
  type Checkpoint,
  type FileTree,
  isGraphFolder,
  type OpenCheckpointOptions,
  openCheckpoint,
} from "@sunstep/checkpoint";

/** Opens the files of a model as what they are: a checkpoint, or a folder of ONNX graphs that another program exported. */
export async function openModel(
  files: FileTree | ByteSource,
  options: OpenCheckpointOptions,
): Promise<Checkpoint> {
  if ("read" in files || !isGraphFolder(await files.list())) return openCheckpoint(files, options);
  // Pages whose model is a checkpoint do not load what reads other programs' graphs.
  const { openOnnxFolder } = await import("@sunstep/onnx-checkpoint");
  return openOnnxFolder(files, options);
}
