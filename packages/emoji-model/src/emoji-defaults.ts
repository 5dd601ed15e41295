/** The model's best settings: the size it was trained at, and a lower guidance scale than photographs need. */
export const emojiDefaults = { width: 128, height: 128, guidanceScale: 3 } as const;
