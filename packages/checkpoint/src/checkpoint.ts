import type { ByteSource } from "@sunstep/files";
import type { ClipTextConfig } from "./config/clip-text.js";
import type { SchedulerConfig } from "./config/scheduler.js";
import type { TaesdConfig } from "./config/taesd.js";
import type { UNetConfig } from "./config/unet.js";
import type { VaeConfig } from "./config/vae.js";
import type { Weights } from "./weights.js";

/** One network: what it is made of, and where its weights are. */
export interface Component<C> {
  /** diffusers' JSON, snake_case as it is. */
  readonly config: C;
  readonly weights: Weights;
}

/** The config of each kind of component. */
export interface ComponentConfigs {
  readonly unet: UNetConfig;
  readonly textEncoder: ClipTextConfig;
  readonly vae: VaeConfig;
  readonly taesd: TaesdConfig;
}

export type ComponentKind = keyof ComponentConfigs;

/** The files of a CLIP tokenizer by name: vocab.json, merges.txt, tokenizer.json, tokenizer_config.json, … */
export type TokenizerFiles = Readonly<Record<string, ByteSource>>;

export type Architecture = "sd1" | "sd2";

/** A whole Stable Diffusion model. Nothing but headers and configs has been read. */
export interface Checkpoint {
  readonly format: "diffusers" | "single-file";
  readonly architecture: Architecture;
  readonly unet: Component<UNetConfig>;
  readonly textEncoder: Component<ClipTextConfig>;
  readonly vae: Component<VaeConfig>;
  readonly schedulerConfig: SchedulerConfig;
  /** Absent where the files have none: single files never do. */
  readonly tokenizer?: TokenizerFiles;
  /** What was assumed or ignored, for the user to read. */
  readonly warnings: readonly string[];
}

/** Linear projections around the attentions came with SD 2.0. */
export function architectureOf(unet: UNetConfig): Architecture {
  return unet.use_linear_projection ? "sd2" : "sd1";
}
