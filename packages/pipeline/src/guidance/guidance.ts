import type { Conditioning } from "../prompts/conditioning.js";

/** Evaluates the U-Net at the current step, with one conditioning for each image: [batch, out channels, height, width], flat. */
export type Evaluate = (conditionings: readonly Conditioning[]) => Promise<Float32Array>;

/** The conditionings of a run, one for each image. `negative` is empty if nothing reads negative prompts. */
export interface GuidedConditionings {
  readonly positive: readonly Conditioning[];
  readonly negative: readonly Conditioning[];
}

export interface GuidanceStep {
  /** `guidanceScale` and `guidanceRescale` of the request. */
  readonly scale: number;
  readonly rescale: number;
  /** Images in every array. */
  readonly batch: number;
  /** From 0. */
  readonly index: number;
  readonly count: number;
  readonly timestep: number;
}

/** How the prediction of one step is made of evaluations of the U-Net. */
export interface Guidance {
  readonly name: string;
  /** Evaluations of the U-Net in each step. */
  readonly evaluationsPerStep: number;
  /** True if `predict` reads `negative`; then both prompts are encoded to the same length. */
  readonly readsNegative: boolean;
  /** Returns the prediction, [batch, out channels, height, width], flat. */
  predict(evaluate: Evaluate, prompts: GuidedConditionings, step: GuidanceStep): Promise<Float32Array>;
}
