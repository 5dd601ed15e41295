import type { AnyBatchSource, BatchSourceOptions } from "./batch-source.js";
import { dataBatches } from "./data-batches.js";
import { mixedBatches } from "./mixed-batches.js";
import { pathBatches } from "./path-batches.js";
import type { PromptData, TrainingData } from "./training-data.js";
import { trajectoryBatches } from "./trajectory-batches.js";

/** The batches of a run: from whole ways of the teacher; or noisy pictures and samples on its way, in the recipe's shares. */
export function batches(options: BatchSourceOptions<TrainingData | PromptData>): AnyBatchSource {
  const { data, recipe, seed } = options;
  if (recipe.paths.steps > 0) return pathBatches(options);
  if (!("latents" in data)) return trajectoryBatches(options);
  const fromNoise = Math.round(recipe.batch * recipe.trajectories);
  if (fromNoise === 0) return dataBatches({ ...options, data });
  const sized = (batch: number) => ({ ...options, data, recipe: { ...recipe, batch } });
  // Another seed, or both would draw the same prompts and noise.
  const trajectories = trajectoryBatches({ ...sized(fromNoise), seed: seed + 1 });
  const pictures = recipe.batch - fromNoise;
  return pictures === 0 ? trajectories : mixedBatches(dataBatches(sized(pictures)), trajectories, pictures);
}
