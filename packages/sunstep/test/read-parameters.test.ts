import { sun } from "@sunstep/accelerations";
import { formatParameters } from "@sunstep/image";
import { sizeConditionings } from "@sunstep/pipeline";
import { listSchedulers } from "@sunstep/scheduler";
import { describe, expect, it } from "vitest";
import { parametersText } from "../src/parameters/parameters-text.js";
import { samplerOf, schedulerOf } from "../src/parameters/sampler-names.js";
import { readParameters } from "../src/parameters/sun-parameters.js";
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
  const text = parametersText(
    { request, scheduler: "DPMSolverMultistepScheduler", dtype: "float32", attention: "exact" },
    0,
    {
      model: "my model",
      architecture: "sd1",
      prompts: ["a cat"],
      loras: [
        { name: "Ink Wash", scale: 0.5 },
        { name: "b", scale: -1, textEncoderScale: 0.25 },
      ],
      version: "1.2.3",
    },
  );
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
      { name: "b", scale: -1, textEncoderScale: 0.25 },
    ],
    warnings: [],
  });
});

it("reads back that networks multiplied in 8 bits and attended to averages", () => {
  const text = parametersText(
    {
      request: sampleRequest({}),
      scheduler: "EulerDiscreteScheduler",
      dtype: "int8",
      attention: "downsampled",
    },
    0,
    { model: "m", architecture: "sd1", prompts: ["a cat"], loras: [], version: "1" },
  );
  expect(text).toContain("Precision: int8, Attention: downsampled,");
  expect(readParameters(text)).toMatchObject({
    dtype: "int8",
    attention: "downsampled",
    warnings: [],
  });
  expect(readParameters(text.replace("int8", "int2"))!.warnings).toMatchObject([
    { code: "PARAMETERS_UNKNOWN", details: { settings: ["Precision"] } },
  ]);
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
      { name: "add_detail", scale: 0.5, textEncoderScale: 1 },
    ],
    warnings: [],
  });
});

it("leaves out settings that it does not understand, with a warning, and returns undefined for a text without any", () => {
  const settings = new Map([
    ["Steps", "many"],
    ["Sampler", "Restart"],
    ["Seed", "1.5"],
    ["Size", "big"],
    ["Model hash", "6ce0161689"],
    ["Face restoration", "CodeFormer"],
  ]);
  expect(readParameters(formatParameters({ prompt: "x", negativePrompt: "", settings }))).toEqual({
    prompt: "x",
    options: { randomSource: "cuda", sun: false },
    loras: [],
    warnings: [
      expect.objectContaining({ code: "PARAMETERS_UNKNOWN", message: expect.stringContaining('"Restart"') }),
      expect.objectContaining({ details: { settings: ["Steps", "Seed", "Size", "Face restoration"] } }),
    ],
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
    expect(schedulerOf(sampler, scheduleType), name).toEqual({ scheduler: name, warnings: [] });
  }
  expect(samplerOf(undefined, "FutureScheduler")).toEqual({ sampler: "FutureScheduler" });
});

/** Sampler, schedule type, and the scheduler; "?" is a warning, alone or with the scheduler that is taken. */
const table: readonly [sampler: string, scheduleType: string | undefined, expected: string][] = [
  // AUTOMATIC1111 1.10, modules/sd_samplers_kdiffusion.py, sd_samplers_timesteps.py, sd_samplers_lcm.py
  ["DPM++ 2M", undefined, "dpm++2m"],
  ["DPM++ SDE", "Karras", "?"],
  ["DPM++ 2M SDE", "Exponential", "dpm++2m-sde-exponential"],
  ["DPM++ 2M SDE Heun", "Exponential", "?"],
  ["DPM++ 2S a", "Karras", "?"],
  ["DPM++ 3M SDE", "Exponential", "dpm++3m-sde-exponential"],
  ["Euler a", undefined, "euler-a"],
  ["Euler", undefined, "euler"],
  ["LMS", undefined, "lms"],
  ["Heun", undefined, "heun"],
  ["DPM2", "Karras", "?"],
  ["DPM2 a", "Karras", "?"],
  ["DPM fast", undefined, "?"],
  ["DPM adaptive", undefined, "?"],
  ["Restart", "Karras", "?"],
  ["DDIM", undefined, "ddim"],
  ["DDIM CFG++", undefined, "?"],
  ["PLMS", undefined, "pndm"],
  ["UniPC", undefined, "unipc"],
  ["LCM", undefined, "lcm"],
  // Its versions before 1.9
  ["DPM++ 2M Karras", undefined, "dpm++2m-karras"],
  ["DPM++ 2M SDE Exponential", undefined, "dpm++2m-sde-exponential"],
  ["LMS Karras", undefined, "lms-karras"],
  ["DPM++ 2S a Karras", undefined, "?"],
  // Its schedule types, modules/sd_schedulers.py
  ["DPM++ 2M", "Automatic", "dpm++2m-karras"],
  ["DPM++ 2M SDE", "Automatic", "dpm++2m-sde-exponential"],
  ["Euler", "Automatic", "euler"],
  ["Euler", "Uniform", "euler"],
  ["Euler", "Karras", "euler-karras"],
  ["Euler", "Exponential", "euler-exponential"],
  ["Euler", "Polyexponential", "? euler"],
  ["Euler", "SGM Uniform", "euler-trailing"],
  ["Euler", "KL Optimal", "? euler"],
  ["Euler", "Align Your Steps", "? euler"],
  ["Euler", "Simple", "euler-trailing"],
  ["Euler", "Normal", "euler"],
  ["Euler", "DDIM", "? euler"],
  ["Euler", "Beta", "euler-beta"],
  ["Euler a", "Karras", "? euler-a"],
  // ComfyUI, comfy/samplers.py
  ["euler", "normal", "euler"],
  ["euler_cfg_pp", "normal", "?"],
  ["euler_ancestral", "normal", "euler-a"],
  ["heun", "karras", "heun-karras"],
  ["heunpp2", "karras", "?"],
  ["dpm_2", "karras", "?"],
  ["dpm_2_ancestral", "karras", "?"],
  ["lms", "exponential", "lms-exponential"],
  ["dpm_fast", "normal", "?"],
  ["dpm_adaptive", "normal", "?"],
  ["dpmpp_2s_ancestral", "karras", "?"],
  ["dpmpp_sde", "karras", "?"],
  ["dpmpp_sde_gpu", "karras", "?"],
  ["dpmpp_2m", "karras", "dpm++2m-karras"],
  ["dpmpp_2m_sde", "exponential", "dpm++2m-sde-exponential"],
  ["dpmpp_2m_sde_gpu", "beta", "dpm++2m-sde-beta"],
  ["dpmpp_3m_sde", "sgm_uniform", "dpm++3m-sde-trailing"],
  ["dpmpp_3m_sde_gpu", "simple", "dpm++3m-sde-trailing"],
  ["ddpm", "normal", "ddpm"],
  ["lcm", "sgm_uniform", "? lcm"],
  ["ipndm", "normal", "?"],
  ["deis", "normal", "?"],
  ["res_multistep", "simple", "?"],
  ["ddim", "ddim_uniform", "ddim"],
  ["ddim", "karras", "? ddim"],
  ["uni_pc", "simple", "unipc-trailing"],
  ["uni_pc_bh2", "normal", "?"],
  ["euler", "linear_quadratic", "? euler"],
  ["euler", "kl_optimal", "? euler"],
  ["euler", "constructor", "? euler"],
  ["constructor", undefined, "?"],
];

it.each(table)("reads sampler %s with schedule type %s as %s", (sampler, scheduleType, expected) => {
  const { scheduler, warnings } = schedulerOf(sampler, scheduleType);
  const mark = warnings.length > 0 ? ["?"] : [];
  expect([...mark, ...(scheduler ? [scheduler] : [])].join(" ")).toBe(expected);
  for (const { message } of warnings) expect(message).toContain(scheduler ? scheduleType : sampler);
});

it("reads back the settings of Stable Diffusion XL, whose clip skip other programs count from 2", () => {
  const sizes = {
    originalSize: { width: 1024, height: 768 },
    cropTopLeft: { top: 8, left: 24 },
    targetSize: { width: 512, height: 768 },
    negativeOriginalSize: { width: 64, height: 32 },
    negativeCropTopLeft: { top: 0, left: 4 },
    negativeTargetSize: { width: 32, height: 32 },
  };
  const request = sampleRequest({
    prompts2: ["film grain, 35mm", "other"],
    negativePrompts2: ["text: none", "other"],
    sizeConditioning: sizeConditionings(sizes, { width: 512, height: 768 }),
  });
  const text = parametersText(
    { request, scheduler: "EulerDiscreteScheduler", dtype: "float32", attention: "exact" },
    0,
    {
      model: "xl",
      architecture: "sdxl",
      prompts: request.prompts,
      loras: [],
      version: "1.2.3",
    },
  );
  expect(text).toContain("Clip skip: 3");
  const read = readParameters(text, { architecture: "sdxl" });
  expect(read).toMatchObject({
    options: { clipSkip: 1, prompt2: "film grain, 35mm", negativePrompt2: "text: none", ...sizes },
    warnings: [],
  });
  expect(read!.options.negativePrompt).toBeUndefined();
});

describe("a few-step method in the text", () => {
  const settings =
    "Steps: 4, Sampler: DDIM, CFG scale: 1, Seed: 1, Acceleration: hyper-sd, Acceleration file: Hyper-SD15-4steps-lora";

  it("is chosen again, with its own scheduler", () => {
    const { options, warnings } = readParameters(`a cat\n${settings}`)!;
    expect(options).toMatchObject({ acceleration: "hyper-sd", steps: 4 });
    expect(options).not.toHaveProperty("scheduler");
    expect(warnings).toEqual([]);
  });

  it("keeps a scheduler that the user chose", () => {
    const { options } = readParameters(`a cat\n${settings.replace("DDIM", "Euler")}`)!;
    expect(options).toMatchObject({ acceleration: "hyper-sd", scheduler: "euler" });
  });
});
