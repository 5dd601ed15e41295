import type { SunstepWarning } from "@sunstep/errors";
import type { ByteSource } from "@sunstep/files";
import type { ClipTextConfig } from "./config/clip-text.js";
import type { ControlNetConfig } from "./config/controlnet.js";
import type { TaesdConfig } from "./config/taesd.js";
import type { UNetConfig } from "./config/unet.js";
import type { VaeConfig } from "./config/vae.js";
import type { JsonObject } from "./json.js";
import type { Weights } from "./weights.js";

/** One network: its config, and where its weights lie. */
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
  readonly controlnet: ControlNetConfig;
}

export type ComponentKind = keyof ComponentConfigs;

/** The files of a CLIP tokenizer by name: vocab.json, merges.txt, tokenizer.json, tokenizer_config.json, … */
export type TokenizerFiles = Readonly<Record<string, ByteSource>>;

/** Facts and networks of a checkpoint that are given from elsewhere. */
export interface Replacements {
  /** The U-Net's prediction; by default as the files tell it, else noise for SD 1.x and v for SD 2.x. */
  readonly predictionType?: PredictionType;
  /** The U-Net of a folder that holds none in diffusers' files. */
  readonly unet?: Component<UNetConfig>;
  /** A text encoder for files that have none, from `openComponent`; of Stable Diffusion XL the first. */
  readonly textEncoder?: Component<ClipTextConfig>;
  /** The second text encoder of Stable Diffusion XL. */
  readonly textEncoder2?: Component<ClipTextConfig>;
  /** A VAE for files that have none, or in place of theirs, from `openVae`. */
  readonly vae?: Component<VaeConfig> & { readonly assumesScale?: boolean };
}

export type PredictionType = "epsilon" | "v_prediction" | "sample";

export type Architecture = "sd1" | "sd2" | "sdxl";

/** diffusers' names of text encoders: the folders that hold them. */
export type TextEncoderName = "text_encoder" | "text_encoder_2";

/** diffusers' names of the networks of a checkpoint that adapters may change. */
export type NetworkName = "unet" | TextEncoderName;

/** A text encoder and the tokenizer that belongs to it. */
export interface TextEncoder extends Component<ClipTextConfig> {
  readonly name: TextEncoderName;
  /** Absent where the files hold none: single files never do. */
  readonly tokenizer?: TokenizerFiles;
}

/** A whole Stable Diffusion model. Only headers and configs have been read. */
export interface Checkpoint {
  readonly format: "diffusers" | "single-file";
  readonly architecture: Architecture;
  readonly unet: Component<UNetConfig>;
  /** In the order in which their states are joined: one for Stable Diffusion 1.x and 2.x, two for XL. */
  readonly textEncoders: readonly [TextEncoder, ...TextEncoder[]];
  readonly vae: Component<VaeConfig>;
  /** diffusers' scheduler_config.json, with its class name; `@sunstep/scheduler` checks the rest. */
  readonly schedulerConfig: JsonObject;
  /**
   * True if an omitted negative prompt stands for zeros, and not for the encoded empty prompt (diffusers'
   * force_zeros_for_empty_prompt, of Stable Diffusion XL).
   */
  readonly zeroNegative: boolean;
  /** Facts that were assumed, and tensors or files that were ignored. */
  readonly warnings: readonly SunstepWarning[];
}

/** The weights that adapters may change, by the name of their network. */
export type AdaptableWeights = Readonly<Partial<Record<NetworkName, Weights>>>;

/** The networks of a checkpoint that adapters may change: its U-Net and its text encoders. */
export function adaptableWeights({
  unet,
  textEncoders,
}: Pick<Checkpoint, "unet" | "textEncoders">): AdaptableWeights {
  return {
    unet: unet.weights,
    ...Object.fromEntries(textEncoders.map(({ name, weights }) => [name, weights])),
  };
}

/** Linear projections around the attentions came with SD 2.0, the pooled text and sizes with XL. */
export function architectureOf(unet: UNetConfig): Architecture {
  if (unet.addition_embed_type !== null) return "sdxl";
  return unet.use_linear_projection ? "sd2" : "sd1";
}
