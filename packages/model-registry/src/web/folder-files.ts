// The files of a diffusers folder that a web server has, which lists none.

import type { SelectOptions } from "../select-files.js";

/** Files that every model has. */
export const requiredFiles = [
  "model_index.json",
  "scheduler/scheduler_config.json",
  "unet/config.json",
  "text_encoder/config.json",
  "vae/config.json",
];

/** Files that a model may lack. */
export const optionalFiles = [
  "vocab.json",
  "merges.txt",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
].map((file) => `tokenizer/${file}`);

const weights = {
  unet: "diffusion_pytorch_model",
  text_encoder: "model",
  vae: "diffusion_pytorch_model",
};

/** For each network the names that its weights may have, the one to be tried first first. */
export function weightFiles(variant: SelectOptions["variant"]): readonly (readonly string[])[] {
  const variants = variant === undefined ? ["", "fp16"] : [variant ?? ""];
  return Object.entries(weights).map(([folder, stem]) =>
    variants.map((name) => `${folder}/${stem}${name && `.${name}`}.safetensors`),
  );
}
