import { readParameters } from "sunstep";
import { expect, it } from "vitest";
import { missingParts, settingsFromParameters } from "../../src/state/settings-from-parameters.js";

const info = {
  name: "v1-5-pruned.safetensors",
  architecture: "sd1",
  backend: "",
  defaults: { width: 512, height: 512, guidanceScale: 7.5 },
  loras: [{ name: "ink", scale: 1 }],
  embeddings: [],
  files: [],
  warnings: [],
};
const read = (text: string) => settingsFromParameters(readParameters(text)!);

it("reads the parameters of this page's images", () => {
  const text =
    "a red apple\nNegative prompt: leaf\nSteps: 4, Sampler: DPM++ 2M, CFG scale: 1, Seed: 42, Size: 128x96, Model: emoji, RNG: CPU, SUN: emoji-sun, SUN scale: 0.9, Version: sunstep 0.0.0";
  expect(read(text)).toEqual({
    prompt: "a red apple",
    negativeMethod: "",
    method: "",
    negativePrompt: "leaf",
    seed: 42,
    width: 128,
    height: 96,
    accelerated: true,
    acceleratedSteps: 4,
    accelerationScale: 0.9,
    scheduler: "",
    randomSource: "cpu",
    hires: false,
  });
});

it("reads AUTOMATIC1111's parameters, clamped to the controls' ranges", () => {
  const text =
    "a cat\nSteps: 150, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 2048x512, Denoising strength: 0.55";
  expect(read(text)).toEqual({
    prompt: "a cat",
    negativeMethod: "",
    method: "",
    negativePrompt: "",
    seed: 1,
    width: 1024,
    height: 512,
    accelerated: false,
    guidedSteps: 60,
    guidanceScale: 7,
    scheduler: "euler-a",
    strength: 0.55,
    randomSource: "cuda",
    hires: false,
  });
});

it("reads a second run of AUTOMATIC1111, whose strength is not the starting image's", () => {
  const text =
    "a cat\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 512x512, Denoising strength: 0.4, Hires upscale: 1.5, Hires steps: 12, Hires upscaler: Lanczos";
  const found = read(text);
  expect(found).toMatchObject({
    hires: true,
    hiresScale: 1.5,
    hiresStrength: 0.4,
    hiresSteps: 12,
    hiresUpscaler: "lanczos",
  });
  expect(found).not.toHaveProperty("strength");
});

it("names the model and adapters of an image that are not open", () => {
  const made = (text: string) => missingParts(readParameters(`a cat ${text}`)!, info);
  const settings = "Steps: 4, Seed: 1, Size: 8x8";
  expect(made(`<lora:ink:1>\n${settings}, Model: v1-5-pruned`)).toBeUndefined();
  expect(made(`<lora:oil:1>\n${settings}, Model: other, SUN: four`)).toBe(
    "model other, adapter four, LoRA oil",
  );
  expect(made(`\n${settings}, Sampler: Restart`)).toBe('Sampler "Restart"');
  expect(made(`\n${settings}, Hires upscale: 2, Hires upscaler: ESRGAN_4x`)).toBe("Hires upscaler");
  expect(made(`\n${settings}, Hires upscale: 2, Hires upscaler: Latent`)).toBeUndefined();
});
