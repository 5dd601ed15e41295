import { sun } from "@sunstep/accelerations";
import { parseParameters } from "@sunstep/image";
import { noGuidance } from "@sunstep/pipeline";
import { describe, expect, it } from "vitest";
import { parametersText } from "../src/parameters/parameters-text.js";
import { sampleRequest, sunAdapter } from "./sample-request.js";

const origin = {
  model: "my model",
  architecture: "sd1" as const,
  prompts: ["a cat", "a dog,\nrunning"],
  loras: [],
  version: "1.2.3",
};

describe("parametersText", () => {
  it("writes the image's own prompt and seed, and counts clip skip from 1, as AUTOMATIC1111 does", () => {
    const request = sampleRequest({
      guidance: noGuidance,
      guidanceScale: 0,
      acceleration: sun(sunAdapter, { label: "sun, 4 steps", scale: 0.9 }),
    });
    const text = parametersText(
      { request, scheduler: "DPMSolverMultistepScheduler", dtype: "float32", attention: "exact" },
      3,
      origin,
    );
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

  it("leaves out settings that were not used", () => {
    const { image: _, ...request } = sampleRequest({ randomSource: "cpu", clipSkip: 0 });
    const text = parametersText(
      { request, scheduler: "FutureScheduler", dtype: "float32", attention: "exact" },
      0,
      {
        ...origin,
        loras: [{ name: "ink", scale: 0.5 }],
      },
    );
    expect(text).toBe(
      'a cat\nSteps: 4, Sampler: FutureScheduler, CFG scale: 7.5, Seed: 1, Size: 512x768, Model: my model, RNG: CPU, LoRA: "ink:0.5", Version: sunstep 1.2.3',
    );
  });
});
