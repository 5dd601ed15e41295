import { type Field, fields } from "@sunstep/errors";
import type { RgbImage } from "@sunstep/image";
import type { SchedulerConfig } from "@sunstep/scheduler";
import type { Tensor } from "@sunstep/tensor";
import { pipelineError } from "./errors.js";
import type { ProgressListener } from "./events.js";
import type { RandomSource } from "./noise.js";

/** What makes pictures of latents: the model's own decoder, or that of a tiny autoencoder. */
export type Decoder = "vae" | "taesd";

/**
 * How a run's latents are shown while it goes on: "linear" a pixel for each latent; "auto" by the tiny autoencoder where
 * there is one, else linear.
 */
export type PreviewMode = "auto" | "linear" | Decoder;

/** What to make. Everything has a default but the prompt. */
export interface GenerateOptions {
  /** What must not be in the picture. With SUN it costs nothing; without, it needs guidance. */
  readonly negativePrompt?: string | readonly string[];
  /** In pixels, multiples of 8. Default: the model's own size, or the picture's. */
  readonly width?: number;
  readonly height?: number;
  /** Network evaluations per picture, roughly: 4 with SUN, 25 without. */
  readonly steps?: number;
  /** Weight of the prompt against the negative prompt; 1 and below is no guidance. Not with SUN. */
  readonly guidanceScale?: number;
  /** 0 to 1: how far guided predictions are brought back to their natural contrast. */
  readonly guidanceRescale?: number;
  /** One seed draws the noise of all pictures, as one diffusers generator; a list has one for each picture. */
  readonly seed?: number | bigint | readonly (number | bigint)[];
  /** Whose random numbers a seed stands for: torch's on the CPU (default) or on a GPU, as AUTOMATIC1111's. */
  readonly randomSource?: RandomSource;
  readonly imagesPerPrompt?: number;
  /** A name of `listSchedulers()`, or a diffusers scheduler_config.json. */
  readonly scheduler?: string | SchedulerConfig;
  /** DDIM's and TCD's amount of noise per step. */
  readonly eta?: number;
  /** Use the SUN adapter. Default: if one is loaded. */
  readonly sun?: boolean;
  /** Strength of the adapter: 1 as trained, 0 off. */
  readonly sunScale?: number;
  /** How prompts are read: with weights and chunks as AUTOMATIC1111 (default), or word for word, cut at 77 tokens. */
  readonly promptSyntax?: "automatic1111" | "plain";
  /** Layers of the text encoder to leave out at the end. */
  readonly clipSkip?: number;
  /** Picture to start from. */
  readonly image?: RgbImage;
  /** White where `image` is to be painted anew. */
  readonly mask?: RgbImage;
  /** How much of `image` is changed: 0 (nothing) to 1 (everything). */
  readonly strength?: number;
  /** Encoded prompts in place of `prompt` and `negativePrompt`: [prompts, tokens, width], float32. */
  readonly promptEmbeds?: Tensor<"float32">;
  readonly negativePromptEmbeds?: Tensor<"float32">;
  /** What makes the pictures. Default: the model's, which is the VAE's unless it says otherwise. */
  readonly decoder?: Decoder;
  /** Show each step's latents, how. Default: not at all. */
  readonly preview?: PreviewMode | false;
  /** Cancels between network evaluations. */
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/** What a model is used with where the caller does not say. */
export interface ModelDefaults {
  readonly width: number;
  readonly height: number;
  readonly guidanceScale: number;
  readonly decoder: Decoder;
}

/** A request with every choice made. */
export interface Request {
  readonly prompts: readonly string[];
  readonly negativePrompts: readonly string[];
  readonly batch: number;
  readonly width: number;
  readonly height: number;
  readonly steps: number;
  readonly guidanceScale: number;
  readonly guidanceRescale: number;
  readonly seeds: readonly (number | bigint)[];
  readonly randomSource: RandomSource;
  readonly imagesPerPrompt: number;
  readonly sun: boolean;
  readonly sunScale: number;
  readonly clipSkip: number;
  readonly strength: number;
}

/** Guidance costs a second evaluation; a scale of 1 or less is none (Ho & Salimans' w + 1). */
export function isGuided({ sun, guidanceScale }: Request): boolean {
  return !sun && guidanceScale > 1;
}

const { integer, number, oneOf } = fields;

const SUN_STEPS = 4;
const GUIDED_STEPS = 25;
const MAX_SIDE = 8192;
const MAX_STEPS = 1000;

/** Fills in defaults and refuses what cannot be. Everything that depends on the loaded model comes in as arguments. */
export function resolveRequest(
  prompt: string | readonly string[],
  options: GenerateOptions,
  { defaults, hasAdapter }: { readonly defaults: ModelDefaults; readonly hasAdapter: boolean },
): Request {
  read("decoder", oneOf("vae", "taesd"), options.decoder ?? "vae");
  read("preview", oneOf("auto", "linear", "vae", "taesd"), options.preview || "auto");
  read("promptSyntax", oneOf("automatic1111", "plain"), options.promptSyntax ?? "plain");
  const sun = options.sun ?? hasAdapter;
  if (sun && !hasAdapter)
    throw pipelineError(
      "PIPELINE_NO_ADAPTER",
      "sun is true, but no SUN adapter is loaded: give one when the model is loaded",
    );
  const prompts = promptList("prompt", prompt);
  const count = options.promptEmbeds?.shape[0] ?? prompts.length;
  const imagesPerPrompt = read("imagesPerPrompt", integer(1, 64), options.imagesPerPrompt ?? 1);
  const batch = count * imagesPerPrompt;
  const strength = read("strength", number(0, 1), options.strength ?? (options.mask ? 1 : 0.8));
  const guidanceScale = read(
    "guidanceScale",
    number(0, 100),
    options.guidanceScale ?? (sun ? 0 : defaults.guidanceScale),
  );
  if (sun && guidanceScale > 1) {
    throw pipelineError(
      "PIPELINE_OPTION",
      `guidanceScale ${guidanceScale}: SUN already does what guidance does in one evaluation; leave guidanceScale out, or set sun to false`,
      { option: "guidanceScale" },
    );
  }
  if (options.image === undefined && options.mask !== undefined) {
    throw pipelineError("PIPELINE_MASK", "a mask needs the picture that it belongs to: give image as well");
  }
  return {
    prompts,
    negativePrompts: negativeList(options.negativePrompt, count),
    batch,
    ...sizes(options, defaults),
    steps: read("steps", integer(1, MAX_STEPS), options.steps ?? (sun ? SUN_STEPS : GUIDED_STEPS)),
    guidanceScale,
    guidanceRescale: read("guidanceRescale", number(0, 1), options.guidanceRescale ?? 0),
    seeds: seedList(options.seed, batch),
    randomSource: read("randomSource", oneOf("cpu", "cuda"), options.randomSource ?? "cpu"),
    imagesPerPrompt,
    sun,
    sunScale: read("sunScale", number(-10, 10), options.sunScale ?? 1),
    clipSkip: read("clipSkip", integer(0, 64), options.clipSkip ?? 0),
    strength: options.image ? strength : 1,
  };
}

function promptList(option: string, prompt: string | readonly string[]): readonly string[] {
  const prompts = typeof prompt === "string" ? [prompt] : prompt;
  if (!Array.isArray(prompts) || prompts.length === 0 || prompts.some((text) => typeof text !== "string")) {
    throw pipelineError("PIPELINE_OPTION", `${option} must be a string or a list of strings`, { option });
  }
  return prompts;
}

function negativeList(negative: GenerateOptions["negativePrompt"], count: number): readonly string[] {
  const list = promptList("negativePrompt", negative ?? "");
  if (list.length !== 1 && list.length !== count) {
    throw pipelineError(
      "PIPELINE_OPTION",
      `${list.length} negative prompts for ${count} prompts: give one, or one for each`,
      {
        option: "negativePrompt",
      },
    );
  }
  return list.length === count ? list : Array.from({ length: count }, () => list[0]!);
}

function seedList(seed: GenerateOptions["seed"], batch: number): readonly (number | bigint)[] {
  if (seed === undefined) return [Math.floor(Math.random() * 2 ** 32)];
  if (typeof seed === "number" || typeof seed === "bigint") return [seed];
  if (seed.length !== batch) {
    throw pipelineError(
      "PIPELINE_OPTION",
      `${seed.length} seeds for ${batch} pictures: give one seed, or one for each picture`,
      {
        option: "seed",
      },
    );
  }
  return seed;
}

function sizes(options: GenerateOptions, defaults: ModelDefaults): { width: number; height: number } {
  const { image } = options;
  const floor8 = (size: number) => Math.max(8, size - (size % 8));
  const width = options.width ?? (image ? floor8(image.width) : defaults.width);
  const height = options.height ?? (image ? floor8(image.height) : defaults.height);
  for (const [name, size] of Object.entries({ width, height })) {
    if (!Number.isInteger(size) || size < 8 || size > MAX_SIDE || size % 8 !== 0) {
      throw pipelineError("PIPELINE_SIZE", `${name} ${size}: must be a multiple of 8 from 8 to ${MAX_SIDE}`, {
        option: name,
        value: size,
      });
    }
  }
  return { width, height };
}

/** @throws PIPELINE_OPTION */
function read<T>(option: string, field: Field<T>, value: unknown): T {
  const taken = field.read(value);
  if (taken !== undefined) return taken;
  throw pipelineError("PIPELINE_OPTION", `${option} ${String(value)}: must be ${field.expects}`, {
    option,
    value,
  });
}
