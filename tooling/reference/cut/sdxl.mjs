// Cuts the repository's share of Stable Diffusion XL out of the second reference set: one small model with its tokenizers,
// goldens of its U-Net and second text encoder, and whole runs. Run it after models.mjs and pipelines.mjs.
// node tooling/reference/cut/sdxl.mjs REFERENCE_DIR

import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { addCases, casesOf } from "./case-index.mjs";

const source = process.argv[2];
if (!source) throw new Error("usage: sdxl.mjs REFERENCE_DIR");
const target = fileURLToPath(new URL("../fixtures", import.meta.url));

const goldens = ["sdxl/unet_0.safetensors", "sdxl/text_encoder_2.safetensors"];
const runs = [
  "pipelines/sdxl_sizes",
  "pipelines/sdxl_second_prompts",
  "pipelines/sdxl_no_negative",
  "pipelines/sdxl_clip_skip",
];

const copy = (path) => {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  copyFileSync(join(source, path), join(target, path));
  chmodSync(join(target, path), 0o644);
};

for (const path of readdirSync(join(source, "tiny-sdxl"), { recursive: true })) {
  if (/\.\w+$/.test(path)) copy(join("tiny-sdxl", path));
}
const kept = ["unet", "text-encoder", "pipeline"]
  .flatMap((kind) => casesOf(source, kind))
  .filter(({ id }) => goldens.includes(id) || runs.includes(id));
for (const { recipe, file, images = [] } of kept)
  for (const path of [file, recipe, ...images]) if (path) copy(path);
for (const { recipe } of kept.filter((one) => one.recipe)) {
  const { files } = JSON.parse(readFileSync(join(source, recipe), "utf8"));
  for (const path of Object.values(files).flat()) copy(join(dirname(recipe), path));
}
addCases(target, kept);
