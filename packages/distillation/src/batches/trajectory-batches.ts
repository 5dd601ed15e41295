import { forwardProcess } from "@sunstep/scheduler";
import { elementCount, tensor } from "@sunstep/tensor";
import type { PromptData } from "../data/training-data.js";
import type { BatchSource, BatchSourceOptions } from "./batch-source.js";
import { promptDrawer } from "./draw-prompts.js";
import { stageStarts } from "./draw-timesteps.js";
import { StepRandom } from "./step-random.js";

/** One sample on a trajectory of the teacher. */
interface Place {
  readonly timestep: number;
  readonly prompt: string;
  readonly negative: string;
  readonly guidance: number;
}

/**
 * Batches without data. Each place of the batch begins with noise and a prompt, follows the teacher's steps, and restarts at
 * the end of the trajectory. The first trajectories are cut at different lengths, which spreads the places evenly over the
 * timesteps from then on.
 */
export function trajectoryBatches(options: BatchSourceOptions<PromptData>): BatchSource {
  const { data, recipe, seed, model, embeddings } = options;
  const { entries, shape } = data;
  const { batch, boundaries, teacherStride, guidance } = recipe;
  const trainTimesteps = forwardProcess(model.schedulerConfig).alphasCumprod.length;
  const drawPrompts = promptDrawer(entries, recipe);
  const size = elementCount(shape);
  const length = trajectoryLength(stageStarts(boundaries, trainTimesteps), teacherStride);

  let sample = new Float32Array(batch * size);
  let places: readonly (Place | undefined)[] = Array.from({ length: batch }, () => undefined);

  const begin = (random: StepRandom): Place => {
    const { prompt, negative } = drawPrompts(random);
    return { timestep: trainTimesteps - 1, prompt, negative, guidance: random.between(guidance) };
  };

  return {
    async take(step) {
      const random = new StepRandom(seed, step);
      places = places.map((place, i) => {
        const isCut = step > 0 && step === Math.round((i / batch) * length);
        if (place && place.timestep >= 0 && !isCut) return place;
        sample.set(random.normal(size), i * size);
        return begin(random);
      });
      const current = places as readonly Place[];
      return {
        sample: sample.slice(),
        timesteps: current.map(({ timestep }) => timestep),
        positive: await embeddings.encode(current.map(({ prompt }) => prompt)),
        negative: await embeddings.encode(current.map(({ negative }) => negative)),
        guidance: Float32Array.from(current, (place) => place.guidance),
        ...(await embeddings.empty(batch, recipe.negatives)),
      };
    },
    give({ teacher }) {
      if (!teacher) return;
      sample = teacher.sample.slice();
      places = places.map((place, i) => place && { ...place, timestep: teacher.timesteps[i]! });
    },
    save: () => ({
      tensors: { "trajectories.sample": tensor(sample.slice(), [batch, ...shape]) },
      json: places,
    }),
    restore({ tensors, json }) {
      sample = (tensors["trajectories.sample"]!.data as Float32Array<ArrayBuffer>).slice();
      places = json as readonly Place[];
    },
  };
}

/** Returns the number of teacher steps from noise to an image; no step passes the end of a stage. */
function trajectoryLength(starts: readonly number[], stride: number): number {
  const ends = [...starts.slice(1), -1];
  return starts.reduce((steps, start, stage) => steps + Math.ceil((start - ends[stage]!) / stride), 0);
}
