/** A family of emoji, as an `@iconify-json` package. */
export interface EmojiSet {
  /** Its name in captions: "noto style". */
  readonly style: string;
  readonly licence: string;
  /** True for training sets; the others are held out, to judge how an adapter transfers. */
  readonly training: boolean;
}

/** The sets by the name of their icon package. */
export const EMOJI_SETS = {
  noto: { style: "noto style", licence: "Apache-2.0", training: true },
  twemoji: { style: "twemoji style", licence: "CC-BY-4.0", training: true },
  "fluent-emoji-flat": { style: "fluent style", licence: "MIT", training: true },
  openmoji: { style: "openmoji style", licence: "CC-BY-SA-4.0", training: false },
  emojione: { style: "emojione style", licence: "CC-BY-4.0", training: false },
} as const satisfies Record<string, EmojiSet>;

export type EmojiSetName = keyof typeof EMOJI_SETS;

const names = Object.keys(EMOJI_SETS) as readonly EmojiSetName[];

export const TRAINING_SETS: readonly EmojiSetName[] = names.filter((name) => EMOJI_SETS[name].training);

/** The styles whose names the embedded model has learned. */
export const STYLES: readonly string[] = TRAINING_SETS.map((name) => EMOJI_SETS[name].style);

export const isEmojiSet = (name: string): name is EmojiSetName => name in EMOJI_SETS;
