import type { ModelSource } from "../engine/engine.js";

/** A file by its path, which begins with the name of the folder that was picked or dropped. */
export interface FileInFolder {
  readonly path: string;
  readonly file: File;
}

/** What every diffusers folder has at its top. */
const INDEX = "model_index.json";

/**
 * The files of a folder as a model: those at and below its `model_index.json`, which may lie deeper, as in a cache of
 * Hugging Face. Without one, all of them.
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
