/** One family of emoji pictures, as an `@iconify-json` package. */
export interface PictureSet {
  /** The words that name it in captions: "noto style". */
  readonly style: string;
  readonly licence: string;
  /** Whether models may be trained on it; the others are kept for judging how an adapter carries over. */
  readonly training: boolean;
}

/** By the icon package's name. */
export const PICTURE_SETS = {
  noto: { style: "noto style", licence: "Apache-2.0", training: true },
  twemoji: { style: "twemoji style", licence: "CC-BY-4.0", training: true },
  "fluent-emoji-flat": { style: "fluent style", licence: "MIT", training: true },
  openmoji: { style: "openmoji style", licence: "CC-BY-SA-4.0", training: false },
  emojione: { style: "emojione style", licence: "CC-BY-4.0", training: false },
} as const satisfies Record<string, PictureSet>;

export type PictureSetName = keyof typeof PICTURE_SETS;

const names = Object.keys(PICTURE_SETS) as readonly PictureSetName[];

export const TRAINING_SETS: readonly PictureSetName[] = names.filter((name) => PICTURE_SETS[name].training);

/** The styles that the embedded model knows by name. */
export const STYLES: readonly string[] = TRAINING_SETS.map((name) => PICTURE_SETS[name].style);

export const isPictureSet = (name: string): name is PictureSetName => name in PICTURE_SETS;
