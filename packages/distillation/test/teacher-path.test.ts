import { Pipeline } from "@sunstep/pipeline";
import type { Runtime } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { schedulerPreset } from "@sunstep/scheduler";
import { TorchGenerator, tensor } from "@sunstep/tensor";
import { afterAll, beforeAll, expect, it } from "vitest";
import { guidedTeacherGraph } from "../src/graphs/guided-teacher.js";
import { teacherNetwork } from "../src/graphs/student.js";
import { pathBatches } from "../src/path-batches.js";
import { PromptEmbeddings } from "../src/prompt-embeddings.js";
import { parseRecipe } from "../src/recipe.js";
import { PathWalk, teacherSchedule } from "../src/teacher-path.js";
import { openTrainingData } from "../src/training-data.js";
import { tinyData } from "./tiny-data.js";
import { tinyModel } from "./tiny-model.js";

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createNodeRuntime({ cache: false });
});
afterAll(() => runtime.dispose());

const sizes = { batch: 2, height: 8, width: 8, tokens: 77 };
const recipe = parseRecipe({
  batch: 2,
  boundaries: [499, -1],
  guidance: 3,
  paths: { steps: 4, samples: 6, kept: 10 },
  weights: { cfg: 0 },
});

async function source(change: object = {}) {
  const model = await tinyModel(runtime);
  const embeddings = await PromptEmbeddings.create(model);
  const data = await openTrainingData(tinyData());
  const options = { data, model, embeddings, seed: 5, recipe: { ...recipe, ...change } };
  return { batches: pathBatches(options), dispose: () => embeddings.dispose() };
}

it("guides as the formula says, with negative prompts of any strength", async () => {
  const { unet } = await tinyModel(runtime);
  const width = unet.config.cross_attention_dim;
  const random = new TorchGenerator(4);
  const normal = (...shape: number[]) => tensor(random.randn(shape.reduce((a, b) => a * b)), shape);
  const common = { sample: normal(2, 4, 8, 8), timestep: tensor(Float32Array.of(700, 30), [2]) };
  const prompts = {
    encoder_hidden_states: normal(2, 77, width),
    negative_hidden_states: normal(2, 77, width),
    empty_hidden_states: normal(2, 77, width),
  };
  const network = await runtime.load(teacherNetwork(unet, sizes));
  const predict = async (prompt: keyof typeof prompts) => {
    const { out_sample } = await network.run({ ...common, encoder_hidden_states: prompts[prompt] });
    return out_sample!.data as Float32Array;
  };
  const wanted = await predict("encoder_hidden_states");
  const unwanted = await predict("negative_hidden_states");
  const neutral = await predict("empty_hidden_states");
  const guidance = [4, 7];
  for (const strength of [1, 1.6]) {
    const expected = wanted.map((pos, i) => {
      const w = guidance[i < wanted.length / 2 ? 0 : 1]!;
      return pos + (w - 1) * (pos - neutral[i]! - strength * (unwanted[i]! - neutral[i]!));
    });
    const session = await runtime.load(guidedTeacherGraph(unet, sizes, strength));
    const feeds = { ...common, ...prompts, guidance_scale: tensor(Float32Array.from(guidance), [2]) };
    const own = session.inputs.map(({ name }) => [name, feeds[name as keyof typeof feeds]] as const);
    const { guided } = await session.run(Object.fromEntries(own));
    expect(guided!.data).toBeAllclose(expected, { rtol: 1e-4, atol: 1e-4 });
    await session.dispose();
  }
  await network.dispose();
});

it("walks as the pipeline samples", async () => {
  const model = await tinyModel(runtime);
  const embeddings = await PromptEmbeddings.create(model);
  const prompts = [
    { prompt: "a red apple", negative: "red" },
    { prompt: "a cat", negative: "" },
  ];
  const encode = async (texts: string[]) => tensor(await embeddings.encode(texts), [2, 77, embeddings.width]);
  const noise = tensor(
    Float32Array.from([7, 8].flatMap((seed) => [...new TorchGenerator(seed).randn(256)])),
    [2, 4, 8, 8],
  );
  const session = await runtime.load(guidedTeacherGraph(model.unet, sizes, 1));
  const walk = new PathWalk(session, teacherSchedule(model.schedulerConfig, 4, 2), {
    prompts,
    noise,
    feeds: {
      encoder_hidden_states: await encode(prompts.map(({ prompt }) => prompt)),
      negative_hidden_states: await encode(prompts.map(({ negative }) => negative)),
      guidance_scale: tensor(Float32Array.of(3, 3), [2]),
    },
  });
  while (!walk.isDone) await walk.advance();
  const ends = walk.paths().flatMap(({ states }) => [...states.subarray(4 * 256)]);

  const pipeline = new Pipeline({ ...model, defaults: { width: 64, height: 64 } });
  const { latents } = await pipeline.generate(
    prompts.map(({ prompt }) => prompt),
    {
      negativePrompt: prompts.map(({ negative }) => negative),
      seed: [7, 8],
      scheduler: { ...schedulerPreset("dpm++2m", model.schedulerConfig), timestep_spacing: "trailing" },
      guidanceScale: 3,
      steps: 4,
    },
  );
  // Prompts for training are kept as float16.
  expect(ends).toBeAllclose(latents.data, { rtol: 1e-2, atol: 5e-3 });
  await pipeline.dispose();
  await session.dispose();
  await embeddings.dispose();
});

it("takes targets from the ends of stages", async () => {
  const { batches, dispose } = await source({ trailingTimesteps: 1 });
  await batches.take(0);
  const states = batches.save().tensors["paths.states"]!;
  // Four walks of two ways: four steps, five states.
  expect(states.shape).toEqual([8, 5, 4, 8, 8]);
  const state = (path: number, k: number) =>
    states.data.slice((5 * path + k) * 256, (5 * path + k + 1) * 256);
  const seen = new Set<number>();
  for (let step = 1; step <= 3; step++) {
    const batch = await batches.take(step);
    for (const [i, timestep] of batch.timesteps.entries()) {
      const start = [999, 499].indexOf(timestep) * 2;
      seen.add(start);
      const [sample, reached] = [batch.sample, batch.reached].map((all) => all.slice(256 * i, 256 * i + 256));
      const path = [0, 1, 2, 3, 4, 5, 6, 7].find((p) => state(p, start)[0] === sample![0])!;
      expect(sample).toEqual(state(path, start));
      expect(reached).toEqual(state(path, start + 2));
    }
  }
  expect([...seen].sort()).toEqual([0, 2]);
  await batches.dispose?.();
  await dispose();
});

it("goes on from the middle of a walk", async () => {
  const [whole, stopped, resumed] = [await source(), await source(), await source()];
  const take = async ({ batches }: typeof whole, from: number, to: number) => {
    const taken = [];
    for (let step = from; step < to; step++) taken.push(await batches.take(step));
    return taken;
  };
  const expected = await take(whole, 0, 12);
  await take(stopped, 0, 6);
  resumed.batches.restore(stopped.batches.save());
  expect(await take(resumed, 6, 12)).toEqual(expected.slice(6));
  expect(whole.batches.save()).toEqual(resumed.batches.save());
  for (const { batches, dispose } of [whole, stopped, resumed]) {
    await batches.dispose?.();
    await dispose();
  }
});

it("refuses stages that end between the teacher's timesteps", async () => {
  await expect(source({ boundaries: [600, -1] })).rejects.toMatchObject({
    code: "TRAINING_RECIPE",
    message: expect.stringContaining("999, 749, 499, 249"),
  });
});
