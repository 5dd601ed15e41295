import type { MaskReduction, RgbImage } from "@sunstep/image";
import type { PlanOptions, SchedulerConfig } from "@sunstep/scheduler";
import type { Tensor } from "@sunstep/tensor";
import type { Acceleration } from "../acceleration.js";
import type { Control } from "../control/control.js";
import type { ProgressListener } from "../events.js";
import type { Guidance } from "../guidance/guidance.js";
import type { HiresOptions } from "../hires/hires-options.js";
import type { RandomSource } from "../latents/noise.js";
import type { NegativeMethod } from "../negative/negative-method.js";
import type { NamedEmbedding } from "../prompts/named-embedding.js";
import type { Adapter } from "../sessions/adapter.js";
import type { TileSizes } from "../tiling/vae-tiling.js";
import type { Decoder, PreviewMode, PromptSyntax } from "./request-settings.js";
import type { SizeOptions } from "./size-conditioning.js";

/** Options of `Scheduler.plan` that only some schedulers take. Others refuse them with SCHEDULER_PLAN. */
export type SchedulerOptions = Omit<
  PlanOptions,
  "steps" | "strength" | "teacherStrength" | "batch" | "timesteps" | "sigmas" | "eta"
>;

/** Options of `generate`. All have defaults. */
export interface GenerateOptions extends RunControl, SizeOptions {
  /** Content to keep out of the image. Needs guidance, an acceleration that reads it, or `negative`. */
  readonly negativePrompt?: string | readonly string[];
  /** Stable Diffusion XL: prompts for the second text encoder. Default: `prompt`, `negativePrompt`. */
  readonly prompt2?: string | readonly string[];
  readonly negativePrompt2?: string | readonly string[];
  /** In pixels, multiples of 8. Default: the size of `image` or of the first control image, else the model's own. */
  readonly width?: number;
  readonly height?: number;
  /** Denoising steps. Default: the acceleration's, else 25. */
  readonly steps?: number;
  /**
   * Weight of the prompt against the negative prompt; 1 and below is no guidance. Latent consistency models of their own take
   * it as an input, and no negative prompt.
   */
  readonly guidanceScale?: number;
  /** 0 to 1: how far guided predictions are brought back to their natural contrast. */
  readonly guidanceRescale?: number;
  /** How predictions are made of network evaluations. Default: the acceleration's, else classifier-free above a scale of 1. */
  readonly guidance?: Guidance;
  /**
   * The reader of negative prompts: a method in the network's attention, beside guidance if there is any; "guidance" or
   * "acceleration" alone. Default: guidance and the acceleration, and where neither does, `negativeFallback`.
   */
  readonly negative?: NegativeMethod | "guidance" | "acceleration";
  /** The method for images whose negative prompt nothing else reads. Default: none, so that the negative prompt has no effect. */
  readonly negativeFallback?: NegativeMethod;
  /** Accelerations that are loaded. */
  readonly accelerations?: readonly Acceleration[];
  /** The acceleration to use, or its name; false: none. Default: the last of `accelerations`. */
  readonly acceleration?: Acceleration | string | false;
  /** Changes to the networks: LoRAs (`loraAdapter`) and your own, in the order in which they are applied. */
  readonly adapters?: readonly Adapter[];
  /**
   * An integer, or one for each image. A single seed draws the noise of all images, as one generator of diffusers does.
   * Default, and -1: random.
   */
  readonly seed?: number | bigint | readonly (number | bigint)[];
  /** The generator of random numbers: torch's on the CPU (default) or on a GPU, as AUTOMATIC1111 has it. */
  readonly randomSource?: RandomSource;
  readonly imagesPerPrompt?: number;
  /** A name of `listSchedulers()`, or a diffusers scheduler_config.json. */
  readonly scheduler?: string | SchedulerConfig;
  /** Timesteps in place of the scheduler's spacing, descending. */
  readonly timesteps?: readonly number[];
  /** Noise levels in place of the scheduler's spacing, descending, the final one included. */
  readonly sigmas?: readonly number[];
  /** Amount of noise in each step of DDIM and similar schedulers. */
  readonly eta?: number;
  readonly schedulerOptions?: SchedulerOptions;
  /**
   * How prompts are read: AUTOMATIC1111's language (default), with weights, BREAK, `[from:to:when]`, `[a|b]` and AND; or
   * word for word, cut at 77 tokens.
   */
  readonly promptSyntax?: PromptSyntax;
  /** Number of final layers of the text encoders to leave out; in Stable Diffusion XL for the prompt alone. */
  readonly clipSkip?: number;
  /** Textual inversions: words that the prompts and negative prompts may contain, bare or as `embedding:name`. */
  readonly embeddings?: readonly NamedEmbedding[];
  /** Image to start from. */
  readonly image?: RgbImage;
  /** White where `image` is to be painted anew. */
  readonly mask?: RgbImage;
  /**
   * Latents that a mask paints anew: "maximum" (default) each of which any pixel is white, so that thin strokes stay;
   * "nearest" those whose first pixel is, as diffusers does.
   */
  readonly maskReduction?: MaskReduction;
  /** Copies the pixels of `image` that the mask keeps into the result; the VAE would change them slightly. Default: false. */
  readonly pasteBack?: boolean;
  /**
   * ControlNets to follow, each with its image. An empty list keeps them loaded and the U-Net ready for them; without a list
   * they are freed.
   */
  readonly controls?: readonly Control[];
  /** Follows the controls without regard to the prompts: they take no part in evaluations of negative prompts. */
  readonly guessMode?: boolean;
  /** How much of `image` changes: 0 (nothing) to 1 (everything). */
  readonly strength?: number;
  /** Makes the image larger by a second run over the enlarged first one; not together with `image`. Default: none. */
  readonly hires?: HiresOptions;
  /** Encoded prompts that replace `prompt` and `negativePrompt`: [prompts, tokens, width], float32. */
  readonly promptEmbeds?: Tensor<"float32">;
  readonly negativePromptEmbeds?: Tensor<"float32">;
  /** Stable Diffusion XL: the pooled texts that belong to encoded prompts, [prompts, width], float32. */
  readonly pooledPromptEmbeds?: Tensor<"float32">;
  readonly negativePooledPromptEmbeds?: Tensor<"float32">;
  /** Decoder of the final latents. Default: the model's, which is the VAE's unless it says otherwise. */
  readonly decoder?: Decoder;
  /**
   * Runs the autoencoder in tiles, which take little more memory than an image of a tile's size: "auto" (default) where a
   * whole run would take more than 2 GiB, true or `{ tile, overlap }` in pixels wherever the image is larger than a tile,
   * false never. Only the statistics of group normalization are estimated: images differ slightly.
   */
  readonly vaeTiling?: "auto" | boolean | TileSizes;
  /** How each step's latents are shown. Default: false. "auto" is the tiny autoencoder if one is loaded, else "linear". */
  readonly preview?: PreviewMode | "auto" | false;
}

/** The caller's control over a run, which is not part of the request. */
export interface RunControl {
  /** Cancels between network evaluations. */
  readonly signal?: AbortSignal | undefined;
  /** An error that it throws, or rejects with, ends the run. */
  readonly onProgress?: ProgressListener | undefined;
}
