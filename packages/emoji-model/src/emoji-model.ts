/** Folder of the model in diffusers layout; ends with a slash. In Node: `fileURLToPath(emojiModelUrl)`. */
export const emojiModelUrl: URL = new URL("../model/", import.meta.url);

/** What the model is best used with: the size it was trained at, and a lower guidance than photographs need. */
export const emojiDefaults = { width: 128, height: 128, guidanceScale: 4 } as const;
