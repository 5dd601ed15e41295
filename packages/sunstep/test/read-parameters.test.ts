import { sun } from "@sunstep/accelerations";
import { formatParameters } from "@sunstep/image";
import { listSchedulers } from "@sunstep/scheduler";
import { expect, it } from "vitest";
import { parametersText } from "../src/parameters-text.js";
import { samplerOf, schedulerOf } from "../src/sampler-names.js";
import { readParameters } from "../src/sun-model.js";
import { sampleRequest, sunAdapter } from "./sample-request.js";

it("reads back the settings that sunstep writes", () => {
  const request = sampleRequest({
    prompts: ["a cat"],
    negativePrompts: ["blurry: no"],
    batch: 1,
    imagesPerPrompt: 1,
    guidanceScale: 0,
    seeds: [2n ** 64n - 1n],
    randomSource: "cpu",
    schedulerName: "dpm++2m-karras",
    acceleration: sun(sunAdapter, { label: "sun, 4 steps", scale: 0.9 }),
  });
  const text = parametersText({ request, scheduler: "DPMSolverMultistepScheduler" }, 0, {
    model: "my model",
    loras: [
      { name: "Ink Wash", scale: 0.5 },
      { name: "b", scale: -1 },
    ],
    version: "1.2.3",
  });
  expect(readParameters(text)).toEqual({
    prompt: "a cat",
    options: {
      negativePrompt: "blurry: no",
      width: 512,
      height: 768,
      steps: 4,
      seed: 2n ** 64n - 1n,
      randomSource: "cpu",
      scheduler: "dpm++2m-karras",
      sun: true,
      sunScale: 0.9,
      clipSkip: 1,
      strength: 0.6,
    },
    model: "my model",
    sun: "sun, 4 steps",
    loras: [
      { name: "Ink Wash", scale: 0.5 },
      { name: "b", scale: -1 },
    ],
  });
});

it("reads AUTOMATIC1111's LoRA tags, GPU seeds and old names of samplers", () => {
  const text = `a cat, <lora:ink:0.8> sitting <lora:add_detail:1:0.5>
Negative prompt: blurry
Steps: 20, Sampler: DPM++ 2M SDE Karras, CFG scale: 7, Seed: 1234567, Size: 512x512, Model hash: 6ce0161689, Model: v1-5-pruned, Clip skip: 2, Version: v1.6.0`;
  expect(readParameters(text)).toEqual({
    prompt: "a cat,  sitting",
    options: {
      negativePrompt: "blurry",
      width: 512,
      height: 512,
      steps: 20,
      guidanceScale: 7,
      seed: 1234567,
      randomSource: "cuda",
      scheduler: "dpm++2m-sde-karras",
      sun: false,
      clipSkip: 1,
    },
    model: "v1-5-pruned",
    loras: [
      { name: "ink", scale: 0.8 },
      { name: "add_detail", scale: 1 },
    ],
  });
});

it("leaves out settings that it does not understand, and returns undefined for a text without any", () => {
  const settings = new Map([
    ["Steps", "many"],
    ["Sampler", "Restart"],
    ["Seed", "1.5"],
    ["Size", "big"],
  ]);
  expect(readParameters(formatParameters({ prompt: "x", negativePrompt: "", settings }))).toEqual({
    prompt: "x",
    options: { negativePrompt: "", randomSource: "cuda", sun: false },
    loras: [],
  });
  expect(readParameters("just some words")).toBeUndefined();
});

it("reads hostile texts of a million characters within seconds", () => {
  const settings = "Steps: 4, Seed: 1, Size: 64x64";
  const long = 1_000_000;
  const begin = performance.now();
  expect(readParameters("a".repeat(long))).toBeUndefined();
  expect(readParameters(`x\n${settings}, LoRA: ${"a".repeat(long)}`)).toBeUndefined();
  for (const prompt of [`<lora:a:${"1".repeat(long)}`, "<lora:a:1".repeat(long / 10)])
    expect(readParameters(`${prompt}\n${settings}`)).toMatchObject({ options: { steps: 4 }, loras: [] });
  expect(performance.now() - begin).toBeLessThan(5000);
  expect(readParameters(`x\n${settings}, LoRA: a:. b:0.5`)?.loras).toEqual([{ name: "b", scale: 0.5 }]);
});

it("finds every scheduler again by the names that are written for it", () => {
  for (const name of listSchedulers().filter((known) => !known.endsWith("Scheduler"))) {
    const { sampler, scheduleType } = samplerOf(name, "");
    expect(schedulerOf(sampler, scheduleType), name).toBe(name);
  }
  expect(schedulerOf("Euler", "Automatic")).toBe("euler");
  expect(samplerOf(undefined, "FutureScheduler")).toEqual({ sampler: "FutureScheduler" });
});
