// Cuts textual inversions for Stable Diffusion XL out of the second reference set, whose small model sdxl.mjs keeps.
// node tooling/reference/cut/textual-inversion.mjs REFERENCE_DIR

import { chmodSync, copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { addCases, casesOf } from "./case-index.mjs";

const source = process.argv[2];
if (!source) throw new Error("usage: textual-inversion.mjs REFERENCE_DIR");
const target = fileURLToPath(new URL("../fixtures", import.meta.url));

const kept = [
  ...casesOf(source, "embedding").filter(({ model }) => model === "tiny-sdxl"),
  ...casesOf(source, "hostile").filter(({ loader }) => loader === "embedding"),
  ...casesOf(source, "pipeline").filter(({ id }) => id === "pipelines/ti_sdxl"),
];
for (const { recipe, file, images = [], embeddings = [] } of kept) {
  for (const path of [file, recipe, ...images, ...embeddings.map((one) => one.file)]) {
    if (!path) continue;
    mkdirSync(dirname(join(target, path)), { recursive: true });
    copyFileSync(join(source, path), join(target, path));
    chmodSync(join(target, path), 0o644);
  }
}
addCases(target, kept);
