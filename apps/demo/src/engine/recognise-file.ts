import { blobSource, identify, identityName, openSafetensors } from "@sunstep/checkpoint";
import type { ModelSource, RecognisedFile } from "./engine.js";
import * as sun from "./sun.js";

/** Identifies a file by its tensors, regardless of its name. */
export async function recogniseFile(file: File): Promise<RecognisedFile> {
  const identity = identify(await openSafetensors(blobSource(file)));
  const kind = identity.kind === sun.fileKind ? "acceleration" : identity.kind;
  const { advice } = identity;
  return { name: file.name, size: file.size, kind, recognised: identityName(identity), advice };
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
    case "folder": {
      const size = Object.values(source.files).reduce((sum, file) => sum + file.size, 0);
      return [{ name: source.name, size, kind: "folder", recognised: "a diffusers folder", advice: "" }];
    }
  }
}
