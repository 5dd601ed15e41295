import type { Session } from "@sunstep/runtime";
import { elementCount, tensor } from "@sunstep/tensor";
import type { BatchSource, BatchSourceOptions } from "./batch-source.js";
import { promptDrawer } from "./draw-prompts.js";
import { distillationError } from "./errors.js";
import { guidedTeacherGraph } from "./graphs/guided-teacher.js";
import { StepRandom } from "./step-random.js";
import { PathWalk, type TeacherPath, teacherSchedule } from "./teacher-path.js";
import type { TaughtBatch } from "./trainer.js";
import type { PromptData } from "./training-data.js";

/** Walks that are done before the first batch is drawn. */
const FIRST_WALKS = 4;

/**
 * Batches from whole ways of the teacher, of which the newest are kept. Each step of training is preceded by as many of
 * the teacher's as the recipe's `paths.samples` asks for. A walk of B ways depends on the seed and its number alone.
 * @throws TRAINING_RECIPE where a boundary is none of the teacher's timesteps
 */
export function pathBatches(options: BatchSourceOptions<PromptData>): BatchSource<TaughtBatch> {
  const { data, recipe, seed, model, embeddings } = options;
  const { batch, paths: settings, trailingTimesteps } = recipe;
  const { strength } = recipe.negatives;
  const sizes = { batch, height: data.shape[1], width: data.shape[2], tokens: embeddings.tokens };
  const size = elementCount(data.shape);
  const schedule = () => teacherSchedule(model.schedulerConfig, settings.steps, batch);
  const { timesteps } = schedule();
  const stages = stageStates(timesteps, recipe.boundaries);
  const drawPrompts = promptDrawer(data.entries, recipe);

  let loading: Promise<Session> | undefined;
  let walk: PathWalk | undefined;
  let paths: readonly TeacherPath[] = [];
  /** Teacher's steps so far, each for B ways. */
  let walked = 0;

  const begin = async (number: number): Promise<PathWalk> => {
    // Another seed than the batches', or both would draw the same numbers.
    const random = new StepRandom(seed + 1, number);
    const prompts = Array.from({ length: batch }, () => drawPrompts(random));
    const encode = async (texts: readonly string[]) =>
      tensor(await embeddings.encode(texts), [batch, embeddings.tokens, embeddings.width]);
    const guidance = Float32Array.from(prompts, () => random.between(recipe.guidance));
    const feeds = {
      guidance_scale: tensor(guidance, [batch]),
      encoder_hidden_states: await encode(prompts.map(({ prompt }) => prompt)),
      negative_hidden_states: await encode(prompts.map(({ negative }) => negative)),
      ...(strength !== 1 && { empty_hidden_states: await encode(prompts.map(() => "")) }),
    };
    loading ??= model.runtime.load(guidedTeacherGraph(model.unet, sizes, strength), {
      label: "teacher",
    });
    const noise = tensor(random.normal(batch * size), [batch, ...data.shape]);
    return new PathWalk(await loading, schedule(), { prompts, noise, feeds });
  };

  const advance = async (): Promise<void> => {
    walk ??= await begin(Math.floor(walked / timesteps.length));
    // A run that goes on walks again what was under way.
    while (walk.stepsDone < walked % timesteps.length) await walk.advance();
    await walk.advance();
    walked++;
    if (!walk.isDone) return;
    paths = [...paths, ...walk.paths()].slice(-Math.max(settings.kept, batch));
    walk = undefined;
  };

  return {
    async take(step) {
      const due = FIRST_WALKS * timesteps.length + Math.floor((step * timesteps.length) / settings.samples);
      while (walked < due) await advance();
      const random = new StepRandom(seed, step);
      const [sample, reached] = [new Float32Array(batch * size), new Float32Array(batch * size)];
      const drawn = Array.from({ length: batch }, (_, i) => {
        const path = random.pick(paths);
        const isStart = random.happens(trailingTimesteps);
        const { start, end } = random.pick(stages);
        const state = isStart ? start : random.integer(timesteps.length);
        const target = isStart ? end : stages.find((stage) => state < stage.end)!.end;
        sample.set(path.states.subarray(state * size, (state + 1) * size), i * size);
        reached.set(path.states.subarray(target * size, (target + 1) * size), i * size);
        return { ...path, timestep: timesteps[state]! };
      });
      return {
        sample,
        reached,
        timesteps: drawn.map(({ timestep }) => timestep),
        prompt: await embeddings.encode(drawn.map(({ prompt }) => prompt)),
        negative: await embeddings.encode(drawn.map(({ negative }) => negative)),
      };
    },
    give: () => undefined,
    save() {
      const states = new Float32Array(paths.length * (timesteps.length + 1) * size);
      for (const [i, path] of paths.entries()) states.set(path.states, i * path.states.length);
      return {
        tensors: { "paths.states": tensor(states, [paths.length, timesteps.length + 1, ...data.shape]) },
        json: { walked, prompts: paths.map(({ prompt, negative }) => ({ prompt, negative })) },
      };
    },
    restore({ tensors, json }) {
      const saved = json as {
        readonly walked: number;
        readonly prompts: readonly Omit<TeacherPath, "states">[];
      };
      const states = tensors["paths.states"]!.data as Float32Array;
      const length = (timesteps.length + 1) * size;
      walked = saved.walked;
      paths = saved.prompts.map((prompts, i) => ({
        ...prompts,
        states: states.slice(i * length, (i + 1) * length),
      }));
    },
    async dispose() {
      await (await loading)?.dispose();
    },
  };
}

/** Which states of a way each stage begins and ends with. */
function stageStates(
  timesteps: readonly number[],
  boundaries: readonly number[],
): readonly { readonly start: number; readonly end: number }[] {
  const ends = boundaries.map((boundary) => {
    const end = boundary < 0 ? timesteps.length : timesteps.indexOf(boundary);
    if (end > 0) return end;
    throw distillationError(
      "TRAINING_RECIPE",
      `boundaries ${boundaries.join(", ")}: ${boundary} is not among the ${timesteps.length} timesteps of the teacher's ways, ${timesteps.join(", ")}`,
      { field: "boundaries", value: boundaries },
    );
  });
  return ends.map((end, i) => ({ start: ends[i - 1] ?? 0, end }));
}
