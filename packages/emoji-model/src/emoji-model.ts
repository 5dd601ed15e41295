/** URL of the model's folder, in diffusers layout; it ends with a slash. In Node, `fileURLToPath(emojiModelUrl)` is its path. */
export const emojiModelUrl: URL = new URL("../model/", import.meta.url);
