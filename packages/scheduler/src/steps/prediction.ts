// Readings of a network's output, as coefficients of the noisy sample and of the output.
// `distillation/src/graphs/jump.ts` emits the same formulas as graph nodes.

import { oneOf } from "../options.js";

export type PredictionType = "epsilon" | "v_prediction" | "sample";

export const predictionTypes: readonly PredictionType[] = ["epsilon", "v_prediction", "sample"];

export const predictionOption = oneOf<PredictionType>("epsilon", predictionTypes);

/** value = sample * noisy sample + output * network output. */
export interface Reading {
  readonly sample: number;
  readonly output: number;
}

type ReadingRules = Record<PredictionType, (alpha: number, sigma: number) => Reading>;

/** The clean sample, where the noisy one is alpha * clean + sigma * noise (Salimans and Ho 2022, appendix D). */
export const cleanSample: ReadingRules = {
  epsilon: (alpha, sigma) => ({ sample: 1 / alpha, output: -sigma / alpha }),
  v_prediction: (alpha, sigma) => ({ sample: alpha, output: -sigma }),
  sample: () => ({ sample: 0, output: 1 }),
};

/** The noise, where the noisy sample is alpha * clean + sigma * noise. */
export const noiseOf: ReadingRules = {
  epsilon: () => ({ sample: 0, output: 1 }),
  v_prediction: (alpha, sigma) => ({ sample: sigma, output: alpha }),
  sample: (alpha, sigma) => ({ sample: 1 / sigma, output: -alpha / sigma }),
};

/** The clean sample, where the noisy one is clean + sigma * noise and the network saw it scaled to unit variance. */
export const cleanSampleOfSigma: Record<PredictionType, (sigma: number) => Reading> = {
  epsilon: (sigma) => ({ sample: 1, output: -sigma }),
  v_prediction: (sigma) => ({
    sample: 1 / (sigma ** 2 + 1),
    output: -sigma / Math.sqrt(sigma ** 2 + 1),
  }),
  sample: () => ({ sample: 0, output: 1 }),
};
