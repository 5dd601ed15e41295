import type { Tensor } from "@sunstep/tensor";
import type { PromptData } from "../data/training-data.js";
import type { Recipe } from "../recipe.js";
import type { TrainedModel } from "../trained-model.js";
import type { Batch, StepResult } from "../training/trainer.js";
import type { PromptEmbeddings } from "./prompt-embeddings.js";

export interface BatchSourceOptions<Data extends PromptData> {
  readonly data: Data;
  readonly model: TrainedModel;
  readonly recipe: Recipe;
  readonly seed: number;
  readonly embeddings: PromptEmbeddings;
}

/** A source of training batches, one for each step of a run. */
export interface BatchSource {
  /** Returns the batch of a step. Steps are requested in order. */
  take(step: number): Promise<Batch>;
  /** Reports the result of the last batch. */
  give(result: StepResult): void;
  /** Returns the state that the source keeps between steps, for a checkpoint. */
  save(): SourceState;
  restore(state: SourceState): void;
}

export interface SourceState {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly json: unknown;
}
