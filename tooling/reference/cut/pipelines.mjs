// Cuts the repository's share of a reference set's whole runs: one of every kind of pipeline.
// node tooling/reference/cut/pipelines.mjs REFERENCE_DIR [RUN …]
// With names of runs, the others stay as they are.

import { chmodSync, copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { casesOf, replaceCases } from "./case-index.mjs";

const runs = [
  "img2img_cfg_ddim",
  "inpaint4_cfg_strength0.6",
  "inpaint9_cfg",
  "sun_addpos_batch2_tensornorm",
  "sun_addpos_dpm",
  "sun_img2img_0",
  "sun_inpaint4",
  "sun_lora",
  "sun_plain_ddim",
  "txt2img_cfg_ddim_negative",
  "txt2img_clip_skip_1",
  "txt2img_euler_a",
  "txt2img_two_per_prompt",
  "txt2img_wide_no_cfg",
];
const [source, ...only] = process.argv.slice(2);
if (!source) throw new Error("usage: pipelines.mjs REFERENCE_DIR [RUN …]");
const target = fileURLToPath(new URL("../fixtures", import.meta.url));

const copy = (path) => {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  copyFileSync(join(source, path), join(target, path));
  chmodSync(join(target, path), 0o644);
};
const nameOf = ({ recipe }) => recipe.replace(/^.*\/|\.json$/g, "");
const cut = casesOf(source, "pipeline").filter(
  (one) => runs.includes(nameOf(one)) && (only.length === 0 || only.includes(nameOf(one))),
);
for (const { recipe, file, images } of cut) {
  const { files } = JSON.parse(readFileSync(join(source, recipe), "utf8"));
  for (const path of [recipe, file, ...images]) copy(path);
  for (const path of Object.values(files)) copy(join(dirname(recipe), path));
}
const cutNames = cut.map(nameOf);
const others =
  only.length === 0 ? [] : casesOf(target, "pipeline").filter((one) => !cutNames.includes(nameOf(one)));
replaceCases(target, "pipeline", [...others, ...cut]);
