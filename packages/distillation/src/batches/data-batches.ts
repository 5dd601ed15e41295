import { forwardProcess } from "@sunstep/scheduler";
import { elementCount } from "@sunstep/tensor";
import type { TrainingData } from "../data/training-data.js";
import type { Batch } from "../training/trainer.js";
import type { BatchSource, BatchSourceOptions } from "./batch-source.js";
import { promptDrawer } from "./draw-prompts.js";
import { drawTimesteps } from "./draw-timesteps.js";
import { StepRandom } from "./step-random.js";

/** Batches of noised images. They do not depend on earlier steps, so the next batch is made during a training step. */
export function dataBatches({
  data,
  recipe,
  seed,
  model,
  embeddings,
}: BatchSourceOptions<TrainingData>): BatchSource {
  const { alphasCumprod } = forwardProcess(model.schedulerConfig);
  const drawPrompts = promptDrawer(data.entries, recipe);
  const size = elementCount(data.shape);

  const make = async (step: number): Promise<Batch> => {
    const random = new StepRandom(seed, step);
    const timesteps = drawTimesteps(recipe, alphasCumprod.length, random);
    const drawn = timesteps.map(() => drawPrompts(random));
    const guidance = Float32Array.from(timesteps, () => random.between(recipe.guidance));
    const sample = random.normal(recipe.batch * size);
    for (const [i, { index }] of drawn.entries()) {
      addImage(
        sample.subarray(i * size, (i + 1) * size),
        await data.latents(index),
        alphasCumprod[timesteps[i]!]!,
      );
    }
    const positive = await embeddings.encode(drawn.map((one) => one.prompt));
    const negative = await embeddings.encode(drawn.map((one) => one.negative));
    const empty = await embeddings.empty(recipe.batch, recipe.negatives);
    return { sample, timesteps, positive, negative, guidance, ...empty };
  };

  let ahead: { readonly step: number; readonly batch: Promise<Batch> } | undefined;
  return {
    take(step) {
      const batch = ahead?.step === step ? ahead.batch : make(step);
      ahead = { step: step + 1, batch: make(step + 1) };
      // Avoids an unhandled rejection when the prefetched batch is never used.
      ahead.batch.catch(() => undefined);
      return batch;
    },
    give: () => undefined,
    save: () => ({ tensors: {}, json: null }),
    restore: () => undefined,
  };
}

/** Turns noise into x_t = sqrt(alphaBar) x_0 + sqrt(1 - alphaBar) noise, in place. */
function addImage(noise: Float32Array, image: Float32Array, alphaBar: number): void {
  const [alpha, sigma] = [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)];
  for (let i = 0; i < noise.length; i++) noise[i] = alpha * image[i]! + sigma * noise[i]!;
}
