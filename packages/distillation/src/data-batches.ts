import { forwardProcess } from "@sunstep/scheduler";
import type { BatchSource } from "./batch-source.js";
import { promptDrawer } from "./draw-prompts.js";
import { drawTimesteps } from "./draw-timesteps.js";
import type { PromptEmbeddings } from "./prompt-embeddings.js";
import type { Recipe } from "./recipe.js";
import { StepRandom } from "./step-random.js";
import type { TrainedModel } from "./trained-model.js";
import type { Batch } from "./trainer.js";
import type { TrainingData } from "./training-data.js";

export interface DataBatchesOptions {
  readonly data: TrainingData;
  readonly recipe: Recipe;
  readonly seed: number;
  readonly model: TrainedModel;
  readonly embeddings: PromptEmbeddings;
}

/** Batches of noisy pictures. They need nothing of the step before: while one is trained on, the next one is made. */
export function dataBatches({ data, recipe, seed, model, embeddings }: DataBatchesOptions): BatchSource {
  const { alphasCumprod } = forwardProcess(model.schedulerConfig);
  const drawPrompts = promptDrawer(data.entries, recipe);
  const size = data.shape.reduce((product, length) => product * length, 1);
  const [lowest, highest] = recipe.guidance;

  const make = async (step: number): Promise<Batch> => {
    const random = new StepRandom(seed, step);
    const timesteps = drawTimesteps(recipe, alphasCumprod.length, random);
    const drawn = timesteps.map(() => drawPrompts(random));
    const guidance = Float32Array.from(timesteps, () => lowest + (highest - lowest) * random.uniform());
    const sample = random.normal(recipe.batch * size);
    for (const [i, { index }] of drawn.entries()) {
      addPicture(
        sample.subarray(i * size, (i + 1) * size),
        await data.latents(index),
        alphasCumprod[timesteps[i]!]!,
      );
    }
    const prompt = await embeddings.encode(drawn.map((one) => one.prompt));
    const negative = await embeddings.encode(drawn.map((one) => one.negative));
    return { sample, timesteps, prompt, negative, guidance };
  };

  let ahead: { readonly step: number; readonly batch: Promise<Batch> } | undefined;
  return {
    take(step) {
      const batch = ahead?.step === step ? ahead.batch : make(step);
      ahead = { step: step + 1, batch: make(step + 1) };
      // Whoever takes it sees the error; if nobody does, it is of no interest.
      ahead.batch.catch(() => undefined);
      return batch;
    },
    give: () => undefined,
    save: () => ({ tensors: {}, json: null }),
    restore: () => undefined,
  };
}

/** Turns noise into x_t = sqrt(abar) x_0 + sqrt(1 - abar) noise, in place. */
function addPicture(noise: Float32Array, picture: Float32Array, alphaCumprod: number): void {
  const [signal, spread] = [Math.sqrt(alphaCumprod), Math.sqrt(1 - alphaCumprod)];
  for (let i = 0; i < noise.length; i++) noise[i] = signal * picture[i]! + spread * noise[i]!;
}
