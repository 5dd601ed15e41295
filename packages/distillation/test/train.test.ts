// Real training, on models of SD1's and SDXL's forms with random weights.

import { sun } from "@sunstep/accelerations";
import { memorySource, openSafetensors } from "@sunstep/checkpoint";
import { decodeImage } from "@sunstep/image";
import { type GenerateOptions, noGuidance, Pipeline } from "@sunstep/pipeline";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { readSunAdapter } from "@sunstep/sun-adapter";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openTrainingData } from "../src/data/training-data.js";
import { distill } from "../src/distill.js";
import type { DistillOptions } from "../src/options.js";
import type { RecipeInput } from "../src/recipe.js";
import { memoryFolder } from "./memory-folder.js";
import { tinyData } from "./tiny-data.js";
import { tinyModel } from "./tiny-model.js";

let runtime: Awaited<ReturnType<typeof createNodeRuntime>>;
beforeAll(async () => {
  runtime = await createNodeRuntime({ cache: false });
});
afterAll(() => runtime.dispose());

// Only two timesteps, so that the losses of different steps can be compared.
const recipe: RecipeInput = {
  steps: 24,
  batch: 2,
  boundaries: [499, -1],
  trailingTimesteps: 1,
  trajectories: 0,
  negatives: { strength: 1.5 },
  learningRate: { peak: 1e-2, warmUp: 2, hold: 1 },
};

it("lowers the loss, has the same with a memory limit, and resumes a stopped run with the same losses to the bit", async () => {
  const options: DistillOptions = {
    model: await tinyModel(runtime),
    data: await openTrainingData(tinyData()),
    recipe,
  };
  const { history, adapter } = await distill(options);
  const mean = (from: number, to: number) =>
    history.slice(from, to).reduce((sum, { loss }) => sum + loss, 0) / (to - from);
  expect(mean(16, 24)).toBeLessThan(0.9 * mean(0, 8));

  // Weights that stay stored are cast in each step.
  const limited = await distill({ ...options, recipe: { ...recipe, steps: 1 }, memoryLimit: 1e12 });
  expect([limited.history[0]!.loss]).toBeAllclose([history[0]!.loss], { rtol: 1e-5 });

  const folder = memoryFolder();
  const controller = new AbortController();
  const stopped = distill({
    ...options,
    checkpoints: { folder },
    signal: controller.signal,
    onProgress: (event) => event.type === "step" && event.step === 11 && controller.abort(),
  });
  await expect(stopped).rejects.toMatchObject({ code: "ABORTED", details: { step: 11 } });
  const previews = memoryFolder();
  const resumed = await distill({
    ...options,
    checkpoints: { folder, resume: true },
    previews: { folder: previews, every: 20, prompts: [{ prompt: "a red apple", negative: "green" }] },
  });
  expect(resumed.history).toEqual(history);
  expect(Buffer.compare(resumed.adapter, adapter)).toBe(0);
  expect([...previews.files.keys()]).toEqual(["step-00000020.png"]);
  expect(decodeImage(previews.files.get("step-00000020.png")!)).toMatchObject({ width: 64, height: 64 });
}, 180_000);

it("trains an adapter for Stable Diffusion XL, which then changes its images", async () => {
  const model = await tinyModel(runtime, "tiny-sdxl");
  const { history, adapter } = await distill({
    model,
    data: await openTrainingData(tinyData()),
    recipe: { ...recipe, steps: 12, negatives: { strength: 1 } },
  });
  const mean = (from: number, to: number) =>
    history.slice(from, to).reduce((sum, { loss }) => sum + loss, 0) / (to - from);
  expect(mean(9, 12)).toBeLessThan(mean(0, 3));

  const read = readSunAdapter(await openSafetensors(memorySource(adapter, "adapter.safetensors")));
  const pipeline = new Pipeline({ ...model, zeroNegative: true });
  try {
    const images = async (options: GenerateOptions) =>
      (await pipeline.generate("a red apple", { seed: 1, steps: 2, ...options })).latents.data;
    const acceleration = sun(read);
    const plain = await images({ guidance: noGuidance });
    const [apple, leaf] = [
      await images({ acceleration }),
      await images({ acceleration, negativePrompt: "leaf" }),
    ];
    expect(apple).not.toEqual(plain);
    expect(leaf).not.toEqual(apple);
    // An adapter that reads negative prompts gets the encoded empty one where none is given.
    expect(await images({ acceleration, negativePrompt: "" })).toEqual(apple);
  } finally {
    await pipeline.dispose();
  }
}, 180_000);
