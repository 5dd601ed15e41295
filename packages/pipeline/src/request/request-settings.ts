import type { MaskReduction, RgbImage } from "@sunstep/image";
import type { PlanOptions, SchedulerConfig } from "@sunstep/scheduler";
import type { Tensor } from "@sunstep/tensor";
import type { ResolvedControl } from "../control/control.js";
import type { Guidance } from "../guidance/guidance.js";
import type { Hires } from "../hires/hires-options.js";
import type { RandomSource } from "../latents/noise.js";
import type { NamedEmbedding } from "../prompts/named-embedding.js";
import type { Adapter } from "../sessions/adapter.js";
import type { VaeTiling } from "../tiling/vae-tiling.js";
import type { SizeConditionings } from "./size-conditioning.js";

/** The decoder that turns latents into images: the model's own, or the tiny autoencoder's. */
export type Decoder = "vae" | "taesd";

/** How the latents of a step are shown: "linear" gives one pixel for each latent. */
export type PreviewMode = "linear" | Decoder;

export type PromptSyntax = "automatic1111" | "plain";

/** A model's settings where a request leaves them open. */
export interface ModelDefaults {
  readonly width: number;
  readonly height: number;
  readonly steps: number;
  readonly guidanceScale: number;
  /** Name of a scheduler. */
  readonly scheduler: string;
  readonly decoder: Decoder;
}

/** The choices of a request, all but its acceleration and its negative method. */
export interface RequestSettings {
  readonly prompts: readonly string[];
  /** One for each prompt. */
  readonly negativePrompts: readonly string[];
  /** True if the request names no negative prompt: models may read zeros instead of the empty one. */
  readonly omitsNegative: boolean;
  /** Prompts for the second text encoder, where they differ. */
  readonly prompts2?: readonly string[];
  readonly negativePrompts2?: readonly string[];
  readonly promptSyntax: PromptSyntax;
  readonly clipSkip: number;
  readonly embeddings: readonly NamedEmbedding[];
  readonly promptEmbeds?: Tensor<"float32">;
  readonly negativePromptEmbeds?: Tensor<"float32">;
  readonly pooledPromptEmbeds?: Tensor<"float32">;
  readonly negativePooledPromptEmbeds?: Tensor<"float32">;
  readonly imagesPerPrompt: number;
  /** Images of all prompts. */
  readonly batch: number;
  readonly width: number;
  readonly height: number;
  readonly sizeConditioning: SizeConditionings;
  readonly steps: number;
  readonly guidance: Guidance;
  readonly guidanceScale: number;
  readonly guidanceRescale: number;
  /** True if the U-Net takes the guidance scale as an input, so that one evaluation is guided. */
  readonly embedsGuidance: boolean;
  /** Everything that changes the networks, in the order in which it is applied: accelerations that are not in use too. */
  readonly adapters: readonly Adapter[];
  /** One, or one for each image. */
  readonly seeds: readonly (number | bigint)[];
  readonly randomSource: RandomSource;
  /** The name that the scheduler was chosen by. */
  readonly schedulerName?: string;
  readonly schedulerConfig: SchedulerConfig;
  /** Arguments of `Scheduler.plan`. */
  readonly plan: PlanOptions;
  /** A second run; all other settings are the first one's. */
  readonly hires?: Hires;
  readonly controls?: readonly ResolvedControl[];
  readonly guessMode: boolean;
  readonly image?: RgbImage;
  readonly mask?: RgbImage;
  readonly maskReduction: MaskReduction;
  readonly pasteBack: boolean;
  /** 1 without an image. */
  readonly strength: number;
  readonly decoder: Decoder;
  readonly vaeTiling: VaeTiling;
  readonly preview: PreviewMode | false;
}
