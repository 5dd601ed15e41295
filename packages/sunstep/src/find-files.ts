import { blobTree } from "@sunstep/checkpoint";
import { abortable } from "@sunstep/errors";
import { blobSource } from "@sunstep/files";
import { filesByPath, type ModelSource, nameOf } from "./model-source.js";
import type { FindOptions, FoundFiles, Platform } from "./platform.js";

/** Finds the files of anything that a model or an adapter can be given as. */
export type Find = (source: ModelSource, options?: FindOptions) => Promise<FoundFiles>;

/** Returns a `Find` whose calls obey `signal`, unless they are given another. */
export function finder(platform: Platform, signal: AbortSignal | undefined): Find {
  return (source, options = {}) => findFiles(source, { signal, ...options }, platform);
}

/** @throws SunstepError ABORTED, codes of `registryErrors` */
async function findFiles(source: ModelSource, options: FindOptions, platform: Platform): Promise<FoundFiles> {
  return abortable(options.signal, `loading ${nameOf(source)}`, async () => {
    if (source instanceof Blob) return { files: blobSource(source, nameOf(source)) };
    if (Array.isArray(source)) {
      const files = source as readonly File[];
      return files.length === 1 ? { files: blobSource(files[0]!) } : { files: blobTree(filesByPath(files)) };
    }
    if (typeof source === "object") return { files: blobTree(source as Readonly<Record<string, Blob>>) };
    return platform.find(source, options);
  });
}
