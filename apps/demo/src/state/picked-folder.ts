import type { ModelSource } from "../engine/engine.js";

/** A file with its path, which begins with the name of the picked or dropped folder. */
export interface FileInFolder {
  readonly path: string;
  readonly file: File;
}

/** The file at the top of every diffusers folder. */
const INDEX = "model_index.json";

/**
 * Returns the files of a folder as a model: the files beside and below its `model_index.json`, which may lie deeper, as in
 * Hugging Face's cache. Without an index, all files.
 */
export function folderSource(files: readonly FileInFolder[]): ModelSource | undefined {
  const [first] = files;
  if (!first) return undefined;
  const name = first.path.split("/")[0] || "folder";
  const [index = `${name}/${INDEX}`] = files
    .map(({ path }) => path)
    .filter((path) => path.endsWith(`/${INDEX}`))
    .sort((a, b) => a.length - b.length);
  const root = index.slice(0, -INDEX.length);
  const inside = files.filter(({ path }) => path.startsWith(root));
  return {
    kind: "folder",
    name,
    files: Object.fromEntries(inside.map(({ path, file }) => [path.slice(root.length), file])),
  };
}
