import { readParameters } from "sunstep";
import { expect, it } from "vitest";
import { settingsFromParameters } from "../../src/state/settings-from-parameters.js";

const read = (text: string) => settingsFromParameters(readParameters(text)!);

it("restores a picture of this page", () => {
  const text =
    "a red apple\nNegative prompt: leaf\nSteps: 4, Sampler: DPM++ 2M, CFG scale: 1, Seed: 42, Size: 128x96, Model: emoji, RNG: CPU, SUN: emoji-sun, SUN scale: 0.9, Version: sunstep 0.0.0";
  expect(read(text)).toEqual({
    prompt: "a red apple",
    negativePrompt: "leaf",
    seed: 42,
    width: 128,
    height: 96,
    sun: true,
    sunSteps: 4,
    sunScale: 0.9,
    scheduler: "",
    randomSource: "cpu",
  });
});

it("restores one of AUTOMATIC1111, within what the controls take", () => {
  const text =
    "a cat\nSteps: 150, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 2048x512, Denoising strength: 0.55";
  expect(read(text)).toEqual({
    prompt: "a cat",
    negativePrompt: "",
    seed: 1,
    width: 1024,
    height: 512,
    sun: false,
    guidedSteps: 60,
    guidanceScale: 7,
    scheduler: "euler-a",
    strength: 0.55,
    randomSource: "cuda",
  });
});
