// Cuts the repository's share of ControlNets: of the first reference set one for Stable Diffusion 1.x with its goldens and
// runs, of the second one for XL, and a file in the original layout. Run it after models.mjs, pipelines.mjs and sdxl.mjs.
// node tooling/reference/cut/controlnet.mjs REFERENCE_DIR REFERENCE2_DIR

import { chmodSync, copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { addCases, casesOf } from "./case-index.mjs";

const [first, second] = process.argv.slice(2);
if (!second) throw new Error("usage: controlnet.mjs REFERENCE_DIR REFERENCE2_DIR");
const target = fileURLToPath(new URL("../fixtures", import.meta.url));

const copyFrom =
  (source) =>
  (path, to = path) => {
    mkdirSync(dirname(join(target, to)), { recursive: true });
    copyFileSync(join(source, path), join(target, to));
    chmodSync(join(target, to), 0o644);
  };

/** Copies the files of cases, and returns the cases. */
function cut(source, ids) {
  const copy = copyFrom(source);
  const kept = ["controlnet", "pipeline"]
    .flatMap((kind) => casesOf(source, kind))
    .filter(({ id }) => ids.includes(id));
  for (const { file, recipe, images = [] } of kept)
    for (const path of [file, recipe, ...images]) if (path) copy(path);
  for (const { recipe } of kept.filter((one) => one.recipe)) {
    const { files } = JSON.parse(readFileSync(join(source, recipe), "utf8"));
    for (const path of Object.values(files).flat()) copy(join(dirname(recipe), path));
  }
  return kept;
}

const weights = "diffusion_pytorch_model.safetensors";
for (const file of ["config.json", weights]) {
  copyFrom(first)(`tiny-controlnet/${file}`);
  copyFrom(second)(`tiny-controlnet-xl/${file}`);
}
addCases(
  target,
  cut(first, [
    "forward/tiny-controlnet_0.safetensors",
    "pipelines/controlnet_window.json",
    "pipelines/sun_controlnet_authors.json",
    "pipelines/sun_controlnet_positive_only.json",
  ]),
);
addCases(target, cut(second, ["controlnet/forward_xl_0.safetensors", "pipelines/controlnet_sdxl_window"]));

// The second set's model of Stable Diffusion 1.x is not here: of the single file, only the residuals are compared.
copyFrom(second)("tiny-controlnet-single-file/control_tiny.fp16.safetensors");
copyFrom(second)("tiny-controlnet/config.json", "tiny-controlnet-single-file/config/config.json");
addCases(
  target,
  cut(second, ["controlnet/forward_0.safetensors#single-file"]).map((one) => ({
    ...one,
    configs: "tiny-controlnet-single-file/config",
    outputs: one.outputs.filter((output) => output !== "out.eps"),
  })),
);
