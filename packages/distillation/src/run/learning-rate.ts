import type { Recipe } from "../recipe.js";

/**
 * Returns the learning rate of a step (from 0): a linear rise, the peak, a cosine down. It depends on the step and the
 * number of steps alone, so that a resumed run has the same rates.
 */
export function learningRate(
  { peak, warmUp, hold, end }: Recipe["learningRate"],
  step: number,
  steps: number,
): number {
  const rise = Math.min(1, (step + 1) / Math.max(1, warmUp));
  const fall = Math.max(0, (step / steps - hold) / (1 - hold || 1));
  return peak * rise * (end + ((1 - end) * (1 + Math.cos(Math.PI * fall))) / 2);
}
