import type { Tensor } from "@sunstep/tensor";
import type { PromptEmbeddings } from "./prompt-embeddings.js";
import type { Recipe } from "./recipe.js";
import type { TrainedModel } from "./trained-model.js";
import type { Batch, StepResult, TaughtBatch } from "./trainer.js";
import type { PromptData } from "./training-data.js";

export interface BatchSourceOptions<Data extends PromptData> {
  readonly data: Data;
  readonly model: TrainedModel;
  readonly recipe: Recipe;
  readonly seed: number;
  readonly embeddings: PromptEmbeddings;
}

/** Where the batches of a run come from. */
export interface BatchSource<B extends Batch | TaughtBatch = Batch> {
  /** The batch of a step. Steps are asked for in order. */
  take(step: number): Promise<B>;
  /** Tells it what came of the batch that was taken last. */
  give(result: StepResult): void;
  /** What it must remember between steps. */
  save(): SourceState;
  restore(state: SourceState): void;
  /** Frees what it has loaded. */
  dispose?(): Promise<void>;
}

/** A source of batches that are all of one kind. */
export type AnyBatchSource = BatchSource<Batch> | BatchSource<TaughtBatch>;

export interface SourceState {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly json: unknown;
}
