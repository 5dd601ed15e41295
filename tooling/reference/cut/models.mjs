// Cuts the repository's share of a reference set's models, adapters, hostile files and network goldens.
// node tooling/reference/cut/models.mjs REFERENCE_DIR [KIND …]
// With kinds, only the cases of these are replaced, and a set of some sections is enough.

import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { casesOf, replaceCases } from "./case-index.mjs";

const [source, ...only] = process.argv.slice(2);
if (!source) throw new Error("usage: models.mjs REFERENCE_DIR [KIND …]");
const isChosen = (kind) => only.length === 0 || only.includes(kind);
const target = fileURLToPath(new URL("../fixtures", import.meta.url));

/** Files of models; float32 twins of float16 files stay behind. */
const models = [
  /^tiny-(sd15|sd21)\/(model_index\.json|scheduler\/.*|(unet|vae|text_encoder)\/config\.json)$/,
  /^tiny-sd15\/(unet|vae|text_encoder)\/\w+\.fp16\.safetensors$/,
  /^tiny-sd21\/(unet|vae|text_encoder)\/\w+\.safetensors$/,
  /^tiny-sd15-single-file\//,
  /^tiny-inpaint\/unet\//,
  /^tiny-taesd\//,
  /^sun\/index_map\.json$/,
  /^hostile\//,
];

/** Goldens by their file, and the adapters and inputs that they name. */
const goldens = {
  "text-encoder": /tiny-(sd15|sd21)_text_encoder\.safetensors$/,
  unet: /tiny-(sd15_unet_\d+|sd21_unet_0|inpaint_unet_0|sd15_unet_plain_0)\.safetensors$/,
  vae: /tiny-sd15_vae_0\.safetensors$/,
  taesd: /tiny-taesd_0\.safetensors$/,
  "sun-unet": /tiny-(sd15_unet_(plain|addpos)_[03]|sd21_unet_addpos_0)\.safetensors$/,
  lora: /(inputs_and_base|kohya_x1\.0|kohya_locon_x0\.6|peft_x1\.0|diffusers_legacy_x1\.0)\.safetensors$/,
  hostile: /./,
};

const copy = (path) => {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  copyFileSync(join(source, path), join(target, path));
  chmodSync(join(target, path), 0o644);
};

for (const path of readdirSync(source, { recursive: true })) {
  if (models.some((pattern) => pattern.test(path)) && /\.\w+$/.test(path)) copy(path);
}
for (const [kind, pattern] of Object.entries(goldens)) {
  if (!isChosen(kind)) continue;
  const kept = casesOf(source, kind).filter(({ file }) => pattern.test(file));
  for (const { file, adapter, lora, inputs } of kept) {
    for (const path of [file, adapter, lora, inputs]) if (path) copy(path);
  }
  replaceCases(target, kind, kept);
}
// One checkpoint in two layouts; the folder is here in float16 only.
const layouts = casesOf(source, "same-checkpoint").filter(
  ({ checkpoint, variant }) =>
    (variant || checkpoint.endsWith(".safetensors")) && existsSync(join(target, checkpoint)),
);
if (isChosen("same-checkpoint")) replaceCases(target, "same-checkpoint", layouts);
