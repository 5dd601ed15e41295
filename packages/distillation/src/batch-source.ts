import type { Tensor } from "@sunstep/tensor";
import type { Batch, StepResult } from "./trainer.js";

/** Where the batches of a run come from. */
export interface BatchSource {
  /** The batch of a step. Steps are asked for in order. */
  take(step: number): Promise<Batch>;
  /** Tells it what came of the batch that was taken last. */
  give(result: StepResult): void;
  /** What it must remember between steps. */
  save(): SourceState;
  restore(state: SourceState): void;
}

export interface SourceState {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly json: unknown;
}
