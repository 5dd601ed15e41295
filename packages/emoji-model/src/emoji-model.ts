/** Folder of the model in diffusers layout; ends with a slash. In Node: `fileURLToPath(emojiModelUrl)`. */
export const emojiModelUrl: URL = new URL("../model/", import.meta.url);
