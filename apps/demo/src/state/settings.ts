// The values of the controls: plain data, so that they fit into a link, an image's text and a request.

export interface Settings {
  readonly prompt: string;
  readonly negativePrompt: string;
  /** The reader of negative prompts where the acceleration is not in use: "", or a method as in "nag:scale=3". */
  readonly negativeMethod: string;
  /** The few-step method where the acceleration is not in use: "" is the one that was loaded last, "none" is none. */
  readonly method: string;
  readonly seed: number;
  /** Pixels, multiples of 8. */
  readonly width: number;
  readonly height: number;
  /** Few steps with the loaded acceleration and without guidance, or many with guidance. */
  readonly accelerated: boolean;
  readonly acceleratedSteps: number;
  readonly guidedSteps: number;
  /** Strength of the acceleration's adapter: 1 as trained. */
  readonly accelerationScale: number;
  readonly guidanceScale: number;
  /** A name of `listSchedulers()`; "" is the model's own choice. */
  readonly scheduler: string;
  /** How far a starting image changes, 0 to 1. */
  readonly strength: number;
  readonly clipSkip: number;
  /** The generator that a seed starts: torch's on the CPU, or torch's on CUDA as AUTOMATIC1111 uses it. */
  readonly randomSource: "cpu" | "cuda";
  /** A second run over the enlarged image; not from a starting image. */
  readonly hires: boolean;
  /** Size of the result in sizes of the first image. */
  readonly hiresScale: number;
  /** How far the enlarged image changes. */
  readonly hiresStrength: number;
  /** 0 stands for those of the first run. */
  readonly hiresSteps: number;
  readonly hiresUpscaler: HiresUpscaler;
}

export type HiresUpscaler = "latent" | "lanczos";

/** In pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The settings that a model works best with. */
export interface ModelDefaults extends Size {
  readonly guidanceScale: number;
  /** Default: those of the settings. */
  readonly steps?: number;
}

/** The numbers that a control accepts. */
export interface Range {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

export const ranges = {
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER, step: 1 },
  width: { min: 64, max: 1024, step: 8 },
  height: { min: 64, max: 1024, step: 8 },
  acceleratedSteps: { min: 1, max: 12, step: 1 },
  guidedSteps: { min: 1, max: 60, step: 1 },
  accelerationScale: { min: 0, max: 2, step: 0.05 },
  guidanceScale: { min: 1, max: 20, step: 0.5 },
  strength: { min: 0.05, max: 1, step: 0.05 },
  clipSkip: { min: 0, max: 11, step: 1 },
  hiresScale: { min: 1, max: 4, step: 0.05 },
  hiresStrength: { min: 0.05, max: 1, step: 0.05 },
  hiresSteps: { min: 0, max: 60, step: 1 },
} as const satisfies Partial<Record<keyof Settings, Range>>;

export type NumberSetting = keyof typeof ranges;

/** The embedded model's defaults; another model brings its own. */
const first: ModelDefaults = { width: 128, height: 128, guidanceScale: 3 };

export const initialSettings: Settings = {
  prompt: "a red apple",
  negativePrompt: "",
  negativeMethod: "",
  method: "",
  seed: 42,
  ...first,
  accelerated: true,
  acceleratedSteps: 4,
  guidedSteps: 25,
  accelerationScale: 1,
  scheduler: "",
  strength: 0.6,
  clipSkip: 0,
  randomSource: "cpu",
  hires: false,
  hiresScale: 2,
  hiresStrength: 0.7,
  hiresSteps: 0,
  hiresUpscaler: "latent",
};

/** Returns the nearest number that the control accepts. */
export function clampTo({ min, max, step }: Range, value: number): number {
  const stepped = min + Math.round((value - min) / step) * step;
  // 0.05 * 3 is not 0.15 in floating point: round to the digits of the step.
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  return Number(Math.min(max, Math.max(min, stepped)).toFixed(digits));
}

/** Returns the settings for a model that was just loaded: its size and guidance, and its acceleration if it has one. */
export function settingsForModel(
  settings: Settings,
  defaults: ModelDefaults,
  accelerated: boolean,
): Settings {
  const { width, height, guidanceScale, steps } = defaults;
  const own = steps !== undefined && { [accelerated ? "acceleratedSteps" : "guidedSteps"]: steps };
  return { ...settings, width, height, guidanceScale, accelerated, ...own };
}

/** Returns the steps of the sampler that these settings use. */
export function stepsOf({ accelerated, acceleratedSteps, guidedSteps }: Settings): number {
  return accelerated ? acceleratedSteps : guidedSteps;
}

/** Returns a random seed below 2 ** 32, the range of AUTOMATIC1111's dice: short enough to read out. */
export function rollSeed(random: () => number = Math.random): number {
  return Math.floor(random() * 2 ** 32);
}
