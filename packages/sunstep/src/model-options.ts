// Arguments and results of a loaded model's methods.
import type { OpenControlNetOptions } from "@sunstep/checkpoint";
import type { GenerateOptions as PipelineOptions, GenerateResult as PipelineResult } from "@sunstep/pipeline";
import type { ControlImage } from "./adapters/loaded-controlnets.js";
import type { NegativeOption } from "./adapters/negative-option.js";
import type { GeneratedImage } from "./generated-image.js";

export interface GenerateOptions
  extends Omit<
    PipelineOptions,
    "accelerations" | "controls" | "embeddings" | "negative" | "negativeFallback" | "seed"
  > {
  /** The reader of negative prompts. Default: the one that the model was loaded with, else "auto". */
  readonly negative?: NegativeOption;
  /** Images for the loaded ControlNets to follow. */
  readonly controls?: readonly ControlImage[];
  /** Image k gets seed + k, so that each can be made again by itself; a list has one for each. Default: random. */
  readonly seed?: PipelineOptions["seed"];
}

export interface GenerateResult extends Omit<PipelineResult, "images"> {
  readonly images: readonly GeneratedImage[];
}

export interface LoadAdapterOptions {
  /** The adapter's name afterwards. Default: the file's name without folder and ending. */
  readonly name?: string;
  readonly signal?: AbortSignal;
}

export interface LoadControlNetOptions extends LoadAdapterOptions, OpenControlNetOptions {}

export interface LoadLoraOptions extends LoadAdapterOptions {
  /** Default 1. */
  readonly scale?: number;
  /** Scale of its part in the text encoders. Default: `scale`. */
  readonly textEncoderScale?: number;
}
