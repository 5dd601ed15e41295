// The addresses of folders are made from a file's: bundlers take every literal address for a file to copy.
const index = new URL("../model/model_index.json", import.meta.url);

/** URL of the model's folder, in diffusers layout; it ends with a slash. In Node, `fileURLToPath(emojiModelUrl)` is its path. */
export const emojiModelUrl: URL = new URL(".", index);
