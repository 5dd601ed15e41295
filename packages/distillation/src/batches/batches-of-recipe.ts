import type { PromptData, TrainingData } from "../data/training-data.js";
import type { BatchSource, BatchSourceOptions } from "./batch-source.js";
import { dataBatches } from "./data-batches.js";
import { mixedBatches } from "./mixed-batches.js";
import { trajectoryBatches } from "./trajectory-batches.js";

/** The batches of a run: noised images and samples on the teacher's trajectories, in the recipe's shares. */
export function batchesOfRecipe(options: BatchSourceOptions<TrainingData | PromptData>): BatchSource {
  const { data, recipe, seed } = options;
  if (!("latents" in data)) return trajectoryBatches(options);
  const fromNoise = Math.round(recipe.batch * recipe.trajectories);
  if (fromNoise === 0) return dataBatches({ ...options, data });
  const sized = (batch: number) => ({ ...options, data, recipe: { ...recipe, batch } });
  // With one seed both sources would draw the same prompts and noise.
  const trajectories = trajectoryBatches({ ...sized(fromNoise), seed: seed + 1 });
  const images = recipe.batch - fromNoise;
  return images === 0 ? trajectories : mixedBatches(dataBatches(sized(images)), trajectories, images);
}
