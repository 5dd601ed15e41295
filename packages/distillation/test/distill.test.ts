// The loop around a trainer that trains nothing: its draws, checkpoints, resuming and stopping.

import { blobTree, memorySource, openSafetensors, readWeight } from "@sunstep/checkpoint";
import { readSunAdapter, type SunAdapter } from "@sunstep/sun-adapter";
import { toFloat32 } from "@sunstep/tensor";
import { afterEach, describe, expect, it } from "vitest";
import { openTrainingData, promptData } from "../src/data/training-data.js";
import { distillWith } from "../src/distill.js";
import type { DistillEvent } from "../src/events.js";
import type { DistillOptions } from "../src/options.js";
import { defaultRecipe } from "../src/recipe.js";
import { adapterLayout } from "../src/training/adapter-layout.js";
import { stateOfAdapter } from "../src/training/training-state.js";
import { fakeRuntime } from "./fake-runtime.js";
import { FakeTrainer, faults } from "./fake-trainer.js";
import { memoryFolder } from "./memory-folder.js";
import { tinyData } from "./tiny-data.js";
import { tinyModel } from "./tiny-model.js";

afterEach(() => {
  faults.notFiniteAt = undefined;
  faults.onStep = () => undefined;
});

const distill = (options: DistillOptions) => distillWith(FakeTrainer.create, options);

const model = await tinyModel(fakeRuntime(16));
const data = await openTrainingData(tinyData());
const prompts = await promptData(data.entries, data.shape);
const recipe = { batch: 4, steps: 60, trajectories: 0.5 };

/** Returns the adapter of a short run with another seed. */
async function trainedAdapter(): Promise<SunAdapter> {
  const { adapter } = await distill({
    model,
    data,
    recipe: { ...recipe, learningRate: { warmUp: 0, peak: 1 }, steps: 3 },
    seed: 9,
  });
  return readSunAdapter(await openSafetensors(memorySource(adapter)));
}

const adapter = await trainedAdapter();

const losses = async (options: Partial<DistillOptions>) =>
  (await distill({ model, data, recipe, ...options })).history.map(({ loss }) => loss);

/** Runs, aborts after step `at`, and expects the run to stop there. */
async function runUntil(at: number, options: Partial<DistillOptions>): Promise<void> {
  const controller = new AbortController();
  const run = distill({
    model,
    data,
    recipe,
    ...options,
    signal: controller.signal,
    onProgress: (event) => {
      if (event.type === "step" && event.step === at) controller.abort();
    },
  });
  await expect(run).rejects.toMatchObject({ code: "ABORTED", details: { step: at } });
}

describe.each([
  ["images", { data, recipe: { ...recipe, trajectories: 0 } }],
  ["images and trajectories", { data }],
  ["prompts alone", { data: prompts }],
])("distill from %s", (_, source) => {
  it("resumes a stopped run with the same losses", async () => {
    const whole = await losses(source);
    const folder = memoryFolder();
    await runUntil(7, { ...source, checkpoints: { folder } });
    await runUntil(33, { ...source, checkpoints: { folder, resume: true } });
    expect(await losses({ ...source, checkpoints: { folder, resume: true } })).toEqual(whole);
    expect(whole).toHaveLength(60);
    expect(new Set(whole).size).toBe(60);
  });

  it("repeats its losses with the same seed and changes them with another", async () => {
    const [a, b, c] = [await losses(source), await losses({ ...source, seed: 1 }), await losses(source)];
    expect(a).toEqual(c);
    expect(a[0]).not.toBe(b[0]);
  });
});

it("starts from the weights of a given adapter", async () => {
  const { parameters, ema } = await stateOfAdapter(model.unet, "add_pos", adapter);
  expect(ema).toEqual(parameters);
  for (const { name, shape, offset } of adapterLayout(model.unet, "add_pos")) {
    const { key, value, alpha, beta } = adapter.layers.find(
      ({ index }) => index === Number.parseInt(name, 10),
    )![name.includes("_neg") ? "negative" : "extraPositive"]!;
    const ref = [key, value, alpha, beta].find((one) => one.name === name)!;
    const stored = toFloat32(await readWeight(ref));
    expect(ref.shape).toEqual(shape);
    expect(parameters.subarray(offset, offset + stored.length)).toEqual(stored);
  }
  expect((await losses({ start: adapter }))[0]).not.toBe((await losses({}))[0]);
});

it("resumes from any checkpoint with the same losses", async () => {
  const whole = await losses({});
  const folder = memoryFolder();
  const saved: [string, Uint8Array][] = [];
  const write = async (name: string, bytes: Uint8Array) => {
    if (name.startsWith("step-")) saved.push([name, bytes]);
    await folder.write(name, bytes);
  };
  await losses({ checkpoints: { folder: { ...folder, write }, everySteps: 13 } });
  expect(saved.map(([name]) => name)).toEqual(
    [13, 26, 39, 52, 60].map((step) => `step-000000${step}.safetensors`),
  );
  expect([...folder.files.keys()].sort()).toEqual([
    "adapter.safetensors",
    "step-00000052.safetensors",
    "step-00000060.safetensors",
  ]);
  for (const [name, bytes] of saved) {
    const killed = memoryFolder();
    killed.files.set(name, bytes);
    expect(await losses({ checkpoints: { folder: killed, resume: true } })).toEqual(whole);
  }
});

it("saves a checkpoint every `everySeconds`", async () => {
  const folder = memoryFolder();
  const events: DistillEvent[] = [];
  let time = 0;
  faults.onStep = () => {
    time += 1000;
  };
  await distill({
    model,
    data,
    recipe: { ...recipe, steps: 10 },
    checkpoints: { folder, everySeconds: 4 },
    now: () => time,
    onProgress: (event) => events.push(event),
  });
  expect(events.flatMap((event) => (event.type === "checkpoint" ? [event.step] : []))).toEqual([4, 8, 10]);
});

it("fixes the number of steps after 22 steps of a timed run, and keeps it when resumed", async () => {
  const folder = memoryFolder();
  let time = 0;
  let pace = 2000;
  faults.onStep = (step) => {
    time += step <= 22 ? pace : 9 * pace;
  };
  const timed = { seconds: 100, now: () => time, checkpoints: { folder } };
  await runUntil(30, timed);
  pace = 1;
  // 22 steps took 44 s; 28 more fit into the rest.
  expect(await losses({ ...timed, checkpoints: { folder, resume: true } })).toHaveLength(50);
});

it("writes the moving average in the authors' format, with its recipe and seed as metadata", async () => {
  const folder = memoryFolder();
  const { adapter, steps } = await distill({ model, data, recipe, seed: 5, checkpoints: { folder } });
  const file = await openSafetensors(memorySource(adapter));
  expect(readSunAdapter(file)).toMatchObject({ variant: "add_pos", layers: { length: 16 } });
  expect(file.metadata).toMatchObject({ model: "tiny-sd15", steps: "60", seed: "5" });
  expect(JSON.parse(file.metadata.recipe!)).toEqual({ ...defaultRecipe, ...recipe });
  expect(Buffer.compare(folder.files.get("adapter.safetensors")!, adapter)).toBe(0);
  expect(steps).toBe(60);
});

it("stops at a loss that is not finite and names the step and the last good checkpoint", async () => {
  const folder = memoryFolder();
  faults.notFiniteAt = 25;
  await expect(losses({ checkpoints: { folder, everySteps: 10 } })).rejects.toMatchObject({
    code: "TRAINING_NOT_FINITE",
    message: expect.stringMatching(/step 25.*step-00000020\.safetensors in runs/),
    details: { step: 25, checkpoint: "step-00000020.safetensors" },
  });
  faults.notFiniteAt = undefined;
  expect(await losses({ checkpoints: { folder, resume: true } })).toEqual(await losses({}));
});

it("keeps earlier files when the disk is full", async () => {
  const folder = memoryFolder();
  await runUntil(10, { checkpoints: { folder } });
  const before = [...folder.files];
  const full = Object.assign(new Error("the disk is full"), { code: "DISK_FULL" });
  const write = () => Promise.reject(full);
  await expect(losses({ checkpoints: { folder: { ...folder, write }, resume: true } })).rejects.toBe(full);
  expect(folder.files.size).toBe(2);
  for (const [name, bytes] of before) expect(folder.files.get(name)).toBe(bytes);
});

it("resumes from the previous checkpoint when the newest is damaged", async () => {
  const folder = memoryFolder();
  await losses({ checkpoints: { folder, everySteps: 50 } });
  const newest = "step-00000060.safetensors";
  folder.files.set(newest, folder.files.get(newest)!.slice(0, 5000));
  const events: DistillEvent[] = [];
  const options = {
    checkpoints: { folder, resume: true },
    onProgress: (event: DistillEvent) => events.push(event),
  };
  expect(await losses(options)).toEqual(await losses({}));
  expect(events[0]).toMatchObject({
    type: "warning",
    code: "TRAINING_RESUME_BROKEN",
    message: expect.stringContaining(newest),
  });
  expect(events[1]).toMatchObject({ type: "start", step: 50, checkpoint: "step-00000050.safetensors" });
});

describe("distill", () => {
  const started = async () => {
    const folder = memoryFolder();
    await runUntil(3, { checkpoints: { folder } });
    return folder;
  };

  it.each<[string, Partial<DistillOptions>, RegExp]>([
    [
      "another recipe",
      { recipe: { ...recipe, weights: { msc: 2 }, batch: 8 } },
      /weights\.msc 4 there, 2 here/,
    ],
    ["another length", { recipe: { ...recipe, steps: 61 } }, /steps 60 there, 61 here/],
    ["another seed", { seed: 2 }, /seed 0 there, 2 here/],
    ["an adapter to begin with", { start: adapter }, /start untrained there, .* here/],
    ["other data", { data: prompts }, /data .* there, the prompts here/],
    [
      "another model",
      { model: { ...model, name: "other", schedulerConfig: { ...model.schedulerConfig, beta_end: 0.02 } } },
      /model tiny-sd15 there, other here/,
    ],
  ])("refuses to resume with %s", async (_, options, message) => {
    const folder = await started();
    await expect(losses({ ...options, checkpoints: { folder, resume: true } })).rejects.toMatchObject({
      code: "TRAINING_RESUME_MISMATCH",
      message: expect.stringMatching(message),
    });
  });

  it("refuses to start from an adapter that does not fit", async () => {
    const cut = { ...adapter, layers: adapter.layers.slice(1) };
    for (const options of [
      { start: adapter, recipe: { ...recipe, variant: "plain" as const } },
      { start: cut },
    ])
      await expect(losses(options)).rejects.toMatchObject({ code: "TRAINING_START_MISMATCH" });
  });

  it("refuses to start a new run in a folder with checkpoints", async () => {
    const folder = await started();
    await expect(losses({ checkpoints: { folder } })).rejects.toMatchObject({
      code: "TRAINING_FOLDER_TAKEN",
    });
  });

  it("refuses to resume from an empty folder or another kind of file", async () => {
    const folder = memoryFolder();
    const run = () => losses({ checkpoints: { folder, resume: true } });
    await expect(run()).rejects.toMatchObject({ code: "TRAINING_RESUME_NOT_FOUND" });
    const { adapter } = await distill({ model, data, recipe: { ...recipe, steps: 1 } });
    folder.files.set("step-00000001.safetensors", adapter);
    await expect(run()).rejects.toMatchObject({ code: "TRAINING_RESUME_BROKEN" });
  });

  it("refuses latents that do not fit the U-Net, and invalid seeds", async () => {
    const odd = await promptData(data.entries, [4, 8, 9]);
    await expect(losses({ data: odd })).rejects.toMatchObject({ code: "TRAINING_LATENTS" });
    await expect(losses({ seed: -1 })).rejects.toMatchObject({ code: "TRAINING_RECIPE" });
    const boundaries = [1200, 499, -1];
    await expect(losses({ recipe: { boundaries } })).rejects.toMatchObject({ code: "TRAINING_RECIPE" });
    await expect(losses({ recipe: { batch: 0 } })).rejects.toMatchObject({ code: "TRAINING_RECIPE" });
    const empty = blobTree({});
    await expect(openTrainingData(empty)).rejects.toMatchObject({ code: "TRAINING_DATA_MISSING" });
  });
});
