import type { SunAdapter } from "@sunstep/sun-adapter";
import type { PromptData, TrainingData } from "./data/training-data.js";
import type { DistillListener } from "./events.js";
import type { RecipeInput } from "./recipe.js";
import type { LossRecord } from "./run/loss-history.js";
import type { PreviewOptions } from "./run/previews.js";
import type { RunFolder } from "./run/run-folder.js";
import type { TrainedModel } from "./trained-model.js";

export interface CheckpointOptions {
  readonly folder: RunFolder;
  /** Resumes from the newest checkpoint of the folder. Default: the folder must have none. */
  readonly resume?: boolean;
  /** Steps between two checkpoints. Default: `everySeconds` alone decides. */
  readonly everySteps?: number;
  /** Seconds between two checkpoints. Default 300. */
  readonly everySeconds?: number;
}

export interface DistillOptions {
  readonly model: TrainedModel;
  /** Latents with captions; or prompts alone, in which case samples follow the teacher from noise. */
  readonly data: TrainingData | PromptData;
  /** An adapter to continue training; default: an untrained one. */
  readonly start?: SunAdapter;
  /** Default: `defaultRecipe`. */
  readonly recipe?: RecipeInput;
  /** A whole number of at least 0, default 0. The same model, data, recipe and seed give the same adapter. */
  readonly seed?: number;
  /** Trains for about this many seconds from now, instead of the recipe's steps. */
  readonly seconds?: number;
  readonly checkpoints?: CheckpointOptions;
  /**
   * Bytes that the process may take, on a CPU: weights then stay in their files, and the backward pass computes values
   * again instead of keeping them, as few as the limit allows. Steps are slower. Default: no limit. Not with `previews`,
   * which load the model once more.
   * @throws TRAINING_MEMORY with the smallest possible limit
   */
  readonly memoryLimit?: number;
  readonly previews?: PreviewOptions;
  readonly onProgress?: DistillListener;
  /** Stops after the current step, and writes a checkpoint if there is a folder for them. */
  readonly signal?: AbortSignal;
  /** Clock, in milliseconds; default `performance.now`. */
  readonly now?: () => number;
}

export interface DistillResult {
  /** The adapter's file, in the authors' format: the moving average of the weights, float16. */
  readonly adapter: Uint8Array;
  readonly steps: number;
  /** The losses of every step. */
  readonly history: readonly LossRecord[];
}
