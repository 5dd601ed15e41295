/** What the model is best used with: the size it was trained at, and a lower guidance than photographs need. */
export const emojiDefaults = { width: 128, height: 128, guidanceScale: 4 } as const;
