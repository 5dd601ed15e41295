import type { ModelSource } from "../engine/engine.js";

/** Files of an `<input webkitdirectory>` as a diffusers folder: "model/unet/config.json" is "unet/config.json" of "model". */
export function folderSource(files: readonly File[]): ModelSource | undefined {
  const [first] = files;
  if (!first) return undefined;
  const inside = files.map((file) => [file.webkitRelativePath.split("/").slice(1).join("/"), file] as const);
  return {
    kind: "folder",
    name: first.webkitRelativePath.split("/")[0] || "folder",
    files: Object.fromEntries(inside.filter(([path]) => path !== "")),
  };
}
