import { emojiModelUrl } from "./emoji-model.js";

/**
 * URL of the folder of the model's tiny autoencoder (diffusers' AutoencoderTiny), which approximates the VAE in a fraction
 * of its time; it ends with a slash.
 */
export const emojiTinyAutoencoderUrl: URL = new URL("tiny_autoencoder/", emojiModelUrl);
