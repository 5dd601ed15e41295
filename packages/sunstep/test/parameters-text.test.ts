import { parseParameters } from "@sunstep/image";
import { expect, it } from "vitest";
import { parametersText } from "../src/parameters-text.js";

const request = {
  prompts: ["a cat", "a dog,\nrunning"],
  negativePrompts: ["", "blurry: no"],
  batch: 4,
  width: 512,
  height: 768,
  steps: 4,
  guidanceScale: 0,
  guidanceRescale: 0,
  seeds: [1, 2, 3, 2n ** 64n - 1n],
  randomSource: "cuda" as const,
  imagesPerPrompt: 2,
  sun: true,
  sunScale: 0.9,
  clipSkip: 1,
  strength: 0.6,
};
const origin = {
  model: "my model",
  schedulerName: undefined,
  sun: "sun, 4 steps",
  loras: [],
  fromImage: true,
  version: "1.2.3",
};

it("writes what AUTOMATIC1111 reads: the picture's own prompt and seed, clip skip counted from 1", () => {
  const text = parametersText({ request, scheduler: "DPMSolverMultistepScheduler" }, 3, origin);
  const { prompt, negativePrompt, settings } = parseParameters(text);
  expect({ prompt, negativePrompt }).toEqual({ prompt: "a dog,\nrunning", negativePrompt: "blurry: no" });
  expect(Object.fromEntries(settings)).toEqual({
    Steps: "4",
    Sampler: "DPM++ 2M",
    "CFG scale": "1",
    Seed: "18446744073709551615",
    Size: "512x768",
    Model: "my model",
    "Denoising strength": "0.6",
    "Clip skip": "2",
    SUN: "sun, 4 steps",
    "SUN scale": "0.9",
    Version: "sunstep 1.2.3",
  });
});

it("leaves out what was not used", () => {
  const plain = { ...request, sun: false, randomSource: "cpu" as const, guidanceScale: 7.5, clipSkip: 0 };
  const text = parametersText({ request: plain, scheduler: "FutureScheduler" }, 0, {
    ...origin,
    fromImage: false,
    loras: [{ name: "ink", scale: 0.5 }],
  });
  expect(text).toBe(
    'a cat\nSteps: 4, Sampler: FutureScheduler, CFG scale: 7.5, Seed: 1, Size: 512x768, Model: my model, RNG: CPU, LoRA: "ink:0.5", Version: sunstep 1.2.3',
  );
});
