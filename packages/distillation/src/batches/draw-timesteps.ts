import type { Recipe } from "../recipe.js";
import type { StepRandom } from "./step-random.js";

/** Returns the first timestep of each stage, where a sampler with trailing timesteps evaluates the network: 999, 749, 499, 249. */
export function stageStarts(boundaries: readonly number[], trainTimesteps: number): number[] {
  return [trainTimesteps - 1, ...boundaries.slice(0, -1)];
}

/**
 * Draws a timestep for each sample of a batch: one from each of `batch` equal parts of the range, some replaced by starts
 * of stages.
 */
export function drawTimesteps(
  { batch, boundaries, trailingTimesteps }: Pick<Recipe, "batch" | "boundaries" | "trailingTimesteps">,
  trainTimesteps: number,
  random: StepRandom,
): number[] {
  const starts = stageStarts(boundaries, trainTimesteps);
  return Array.from(random.permutation(batch), (part) => {
    const even = Math.floor(((part + random.uniform()) / batch) * trainTimesteps);
    return random.happens(trailingTimesteps) ? random.pick(starts) : even;
  });
}
