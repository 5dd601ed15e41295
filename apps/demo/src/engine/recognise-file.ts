import {
  blobSource,
  identify,
  identityName,
  isGraphFolder,
  openSafetensors,
  type SafetensorsFile,
} from "@sunstep/checkpoint";
import { SunstepError } from "@sunstep/errors";
import type { ModelSource, RecognisedFile } from "./engine.js";
import * as sun from "./sun.js";

/** Identifies a file by its tensors, regardless of its name. */
export async function recogniseFile(file: File): Promise<RecognisedFile> {
  const identity = identify(await openFile(file));
  const kind = identity.kind === sun.fileKind ? "acceleration" : identity.kind;
  const { advice } = identity;
  return { name: file.name, size: file.size, kind, recognised: identityName(identity), advice };
}

/** @throws SunstepError FILE_NOT_USED for a file that neither is nor claims to be safetensors */
async function openFile(file: File): Promise<SafetensorsFile> {
  try {
    return await openSafetensors(blobSource(file));
  } catch (error) {
    const unreadable = SunstepError.isInstance(error) && /_(HEADER|JSON|TRUNCATED)$/.test(error.code);
    if (!unreadable || /\.safetensors$/i.test(file.name)) throw error;
    throw new SunstepError(
      "FILE_NOT_USED",
      `${file.name} is not a file that this page can use: it opens .safetensors files, model folders and images`,
      { cause: error },
    );
  }
}

/** Lists the files that a model was opened from; `downloaded`: bytes of the embedded model. */
export async function openedFiles(
  source: ModelSource,
  downloaded: number,
): Promise<readonly RecognisedFile[]> {
  switch (source.kind) {
    case "embedded":
      return [
        { name: "emoji", size: downloaded, kind: "folder", recognised: "the embedded model", advice: "" },
      ];
    case "file":
      return [await recogniseFile(source.file)];
    case "listed":
      return [];
    case "folder": {
      const size = Object.values(source.files).reduce((sum, file) => sum + file.size, 0);
      const recognised = isGraphFolder(Object.keys(source.files))
        ? "a folder of ONNX graphs"
        : "a diffusers folder";
      return [{ name: source.name, size, kind: "folder", recognised, advice: "" }];
    }
  }
}
