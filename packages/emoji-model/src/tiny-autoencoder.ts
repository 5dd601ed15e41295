/**
 * Folder of the model's tiny autoencoder (diffusers' AutoencoderTiny), which decodes latents as the VAE does, nearly, in a
 * fraction of the time; ends with a slash.
 */
export const emojiTinyAutoencoderUrl: URL = new URL("../model/tiny_autoencoder/", import.meta.url);
