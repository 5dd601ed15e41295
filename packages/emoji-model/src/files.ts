// The URL of each of the model's files, for browsers: bundlers find these literals and copy the files.
export { emojiDefaults } from "./emoji-defaults.js";
export { emojiSunAdapterUrl } from "./sun-adapter.js";

/** URLs of the model's files, by their paths in a diffusers folder. */
export const emojiModelFiles: Readonly<Record<string, URL>> = {
  "model_index.json": new URL("../model/model_index.json", import.meta.url),
  "scheduler/scheduler_config.json": new URL("../model/scheduler/scheduler_config.json", import.meta.url),
  "text_encoder/config.json": new URL("../model/text_encoder/config.json", import.meta.url),
  "text_encoder/model.safetensors": new URL("../model/text_encoder/model.safetensors", import.meta.url),
  "tokenizer/merges.txt": new URL("../model/tokenizer/merges.txt", import.meta.url),
  "tokenizer/special_tokens_map.json": new URL("../model/tokenizer/special_tokens_map.json", import.meta.url),
  "tokenizer/tokenizer.json": new URL("../model/tokenizer/tokenizer.json", import.meta.url),
  "tokenizer/tokenizer_config.json": new URL("../model/tokenizer/tokenizer_config.json", import.meta.url),
  "tokenizer/vocab.json": new URL("../model/tokenizer/vocab.json", import.meta.url),
  "unet/config.json": new URL("../model/unet/config.json", import.meta.url),
  "unet/diffusion_pytorch_model.safetensors": new URL(
    "../model/unet/diffusion_pytorch_model.safetensors",
    import.meta.url,
  ),
  "vae/config.json": new URL("../model/vae/config.json", import.meta.url),
  "vae/diffusion_pytorch_model.safetensors": new URL(
    "../model/vae/diffusion_pytorch_model.safetensors",
    import.meta.url,
  ),
};

/** URLs of the files of its tiny autoencoder, which is fetched when it is first needed. */
export const emojiTinyAutoencoderFiles: Readonly<Record<string, URL>> = {
  "config.json": new URL("../model/tiny_autoencoder/config.json", import.meta.url),
  "diffusion_pytorch_model.safetensors": new URL(
    "../model/tiny_autoencoder/diffusion_pytorch_model.safetensors",
    import.meta.url,
  ),
};
