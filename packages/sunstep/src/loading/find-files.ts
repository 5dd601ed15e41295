import { blobTree, type FileTree } from "@sunstep/checkpoint";
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
    if (Array.isArray(source) && source.length === 1) return { files: blobSource(source[0]!) };
    if (typeof source === "object") return { files: pickedTree(source as PickedFiles) };
    return platform.find(source, options);
  });
}

/** The files of a folder, as a picker gives them or by their paths in it. */
export type PickedFiles = readonly File[] | Readonly<Record<string, Blob>>;

export function pickedTree(files: PickedFiles): FileTree {
  return blobTree(Array.isArray(files) ? filesByPath(files) : (files as Readonly<Record<string, Blob>>));
}
