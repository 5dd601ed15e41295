// What the controls say: plain data, so that it fits into a link, a picture's text and a list of runs.

export interface Settings {
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly seed: number;
  /** Pixels, multiples of 8. */
  readonly width: number;
  readonly height: number;
  /** SUN's few steps without guidance, or many with it. */
  readonly sun: boolean;
  readonly sunSteps: number;
  readonly guidedSteps: number;
  /** Strength of the SUN adapter: 1 as trained. */
  readonly sunScale: number;
  readonly guidanceScale: number;
  /** A name of `listSchedulers()`; "" is what suits the model. */
  readonly scheduler: string;
  /** How much of a starting picture is changed, 0 to 1. */
  readonly strength: number;
  readonly clipSkip: number;
  /** Whose random numbers a seed stands for: torch's on the CPU, or AUTOMATIC1111's on a GPU. */
  readonly randomSource: "cpu" | "cuda";
}

/** What a model is best used with. */
export interface ModelDefaults {
  readonly width: number;
  readonly height: number;
  readonly guidanceScale: number;
}

/** Numbers that a control takes: from, to, and the distance between two. */
export interface Range {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

export const ranges = {
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER, step: 1 },
  width: { min: 64, max: 1024, step: 8 },
  height: { min: 64, max: 1024, step: 8 },
  sunSteps: { min: 1, max: 12, step: 1 },
  guidedSteps: { min: 1, max: 60, step: 1 },
  sunScale: { min: 0, max: 2, step: 0.05 },
  guidanceScale: { min: 1, max: 20, step: 0.5 },
  strength: { min: 0.05, max: 1, step: 0.05 },
  clipSkip: { min: 0, max: 11, step: 1 },
} as const satisfies Partial<Record<keyof Settings, Range>>;

export type NumberSetting = keyof typeof ranges;

/** The embedded model's; another model brings its own. */
const first: ModelDefaults = { width: 128, height: 128, guidanceScale: 4 };

export const initialSettings: Settings = {
  prompt: "a red apple",
  negativePrompt: "",
  seed: 42,
  ...first,
  sun: true,
  sunSteps: 4,
  guidedSteps: 25,
  sunScale: 1,
  scheduler: "",
  strength: 0.6,
  clipSkip: 0,
  randomSource: "cpu",
};

/** The nearest number that the control takes. */
export function clampTo({ min, max, step }: Range, value: number): number {
  const stepped = min + Math.round((value - min) / step) * step;
  // 0.05 * 3 is not 0.15: the digits that the step has are enough.
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  return Number(Math.min(max, Math.max(min, stepped)).toFixed(digits));
}

/** Settings after a model was loaded: its own size and guidance, and SUN where it has an adapter. */
export function settingsForModel(settings: Settings, defaults: ModelDefaults, hasSun: boolean): Settings {
  const { width, height, guidanceScale } = defaults;
  return { ...settings, width, height, guidanceScale, sun: hasSun };
}

/** Numbers that people can read out: 2 ** 32 of them, as AUTOMATIC1111's dice throws. */
export function rollSeed(random: () => number = Math.random): number {
  return Math.floor(random() * 2 ** 32);
}
