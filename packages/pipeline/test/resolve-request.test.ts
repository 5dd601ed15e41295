import { SunstepError } from "@sunstep/errors";
import { tensor } from "@sunstep/tensor";
import { describe, expect, it } from "vitest";
import type { Acceleration, GenerateOptions, Guidance } from "../src/index.js";
import { noGuidance } from "../src/index.js";
import { resolveRequest } from "../src/request/resolve-request.js";

const model = {
  defaults: {
    width: 128,
    height: 128,
    steps: 25,
    guidanceScale: 4,
    scheduler: "dpm++2m",
    decoder: "vae",
  },
  schedulerConfig: { _class_name: "PNDMScheduler", beta_start: 0.001, use_karras_sigmas: true },
  scaleFactor: 8,
  hasTaesd: false,
} as const;
const resolve = (options: GenerateOptions, prompt: string | string[] = "an apple") =>
  resolveRequest(prompt, options, model);
const image = { width: 70, height: 66, channels: 3 as const, data: new Uint8Array(70 * 66 * 3) };

/** A method with every setting of its own, and a branch that can be switched off. */
const few: Acceleration = {
  name: "few",
  defaults: {
    steps: 3,
    guidanceScale: 0,
    scheduler: (own, preset) => ({
      ...(preset ?? { _class_name: "DDIMScheduler" }),
      beta_start: own.beta_start,
      timestep_spacing: "trailing",
    }),
    timesteps: [999, 600, 100],
    eta: 0.5,
  },
  guidance: noGuidance,
  adapter: { key: "few", passes: () => [], off: () => ({ few: tensor(Float32Array.of(0), [1]) }) },
};
const merged: Acceleration = { ...few, name: "merged", adapter: { key: "merged", passes: () => [] } };

describe("resolveRequest", () => {
  it("guides in 25 steps without an acceleration", () => {
    const request = resolve({});
    expect(request).toMatchObject({ steps: 25, guidanceScale: 4, width: 128, batch: 1 });
    expect(request.guidance.name).toBe("classifier-free");
    expect(request.schedulerConfig).toMatchObject({ _class_name: "DPMSolverMultistepScheduler" });
    expect(request.plan).toEqual({ steps: 25, batch: 1 });
  });

  it("takes no guidance at a scale of 1", () => {
    expect(resolve({ guidanceScale: 1 }).guidance).toBe(noGuidance);
  });

  it("uses the settings of the last acceleration", () => {
    const request = resolve({ accelerations: [merged, few] });
    expect(request).toMatchObject({ acceleration: few, steps: 3, guidanceScale: 0, guidance: noGuidance });
    expect(request.plan).toEqual({ steps: 3, batch: 1, timesteps: [999, 600, 100], eta: 0.5 });
    expect(request.schedulerConfig).toEqual({
      _class_name: "DDIMScheduler",
      beta_start: 0.001,
      timestep_spacing: "trailing",
    });
  });

  it("finds an acceleration by its name, and takes an object that is not loaded", () => {
    expect(resolve({ accelerations: [merged, few], acceleration: "merged" }).acceleration).toBe(merged);
    expect(resolve({ acceleration: few }).acceleration).toBe(few);
  });

  it("lets the request's own steps and scheduler win over the acceleration's", () => {
    expect(resolve({ accelerations: [few], steps: 8 }).plan).toEqual({ steps: 8, batch: 1, eta: 0.5 });
    const named = resolve({ accelerations: [few], scheduler: "euler" });
    expect(named).toMatchObject({ schedulerName: "euler", plan: { steps: 3 } });
    expect(named.plan).not.toHaveProperty("timesteps");
    expect(named.schedulerConfig).toMatchObject({
      _class_name: "EulerDiscreteScheduler",
      timestep_spacing: "trailing",
    });
    const whole = { _class_name: "LMSDiscreteScheduler" };
    expect(resolve({ accelerations: [few], scheduler: whole }).schedulerConfig).toBe(whole);
  });

  it("keeps an unused acceleration in the graph if it can be switched off", () => {
    const lora = { key: "lora", passes: () => [] };
    const keys = (options: GenerateOptions) =>
      resolve({ accelerations: [few, merged], adapters: [lora], ...options }).adapters.map(({ key }) => key);
    expect(keys({ acceleration: false })).toEqual(["lora", "few"]);
    expect(keys({ acceleration: "few" })).toEqual(["lora", "few"]);
    expect(keys({})).toEqual(["lora", "few", "merged"]);
    expect(keys({ acceleration: { ...few, adapter: { key: "stronger", passes: () => [] } } })).toEqual([
      "lora",
      "stronger",
    ]);
  });

  it("hands timesteps, sigmas, eta and the scheduler's further options on", () => {
    expect(resolve({ timesteps: [900, 10], eta: 0.2, schedulerOptions: { order: 2 } }).plan).toEqual({
      order: 2,
      steps: 2,
      batch: 1,
      timesteps: [900, 10],
      eta: 0.2,
    });
    expect(resolve({ sigmas: [14, 2, 0] }).plan).toEqual({ steps: 2, batch: 1, sigmas: [14, 2, 0] });
  });

  it("takes the size of an image, cut to a multiple of 8", () => {
    expect(resolve({ image })).toMatchObject({ width: 64, height: 64, strength: 0.8 });
    expect(resolve({ image, mask: image })).toMatchObject({ strength: 1 });
  });

  it("repeats one negative prompt for every prompt", () => {
    expect(resolve({ negativePrompt: "leaf" }, ["a", "b"]).negativePrompts).toEqual(["leaf", "leaf"]);
  });

  it("draws a random seed for none and for -1", () => {
    for (const seed of [undefined, -1, -1n, [-1]]) {
      const drawn = Array.from(
        { length: 4 },
        () => resolve({ ...(seed !== undefined && { seed }) }).seeds[0],
      );
      expect(new Set(drawn).size).toBe(4);
      expect(drawn.every((one) => typeof one === "number" && one >= 0 && one < 2 ** 32)).toBe(true);
    }
    expect(resolve({ seed: [-2, 2n ** 64n - 1n], imagesPerPrompt: 2 }).seeds).toEqual([-2, 2n ** 64n - 1n]);
  });

  it("decides how previews are made", () => {
    expect(resolve({}).preview).toBe(false);
    expect(resolve({ preview: "auto" }).preview).toBe("linear");
    expect(resolveRequest("", { preview: "auto" }, { ...model, hasTaesd: true }).preview).toBe("taesd");
  });
});

describe("resolveRequest rejects", () => {
  const own: Guidance = { ...noGuidance, name: "own" };
  const cases: [string, GenerateOptions, string, RegExp][] = [
    ["a width that is not a multiple of 8", { width: 100 }, "PIPELINE_SIZE", /width 100/],
    ["a height of 0", { height: 0 }, "PIPELINE_SIZE", /height 0/],
    ["a height of NaN", { height: Number.NaN }, "PIPELINE_SIZE", /height NaN/],
    ["half a step", { steps: 2.5 }, "PIPELINE_OPTION", /steps 2.5/],
    ["no steps", { steps: 0 }, "PIPELINE_OPTION", /steps 0/],
    ["steps beside other timesteps", { steps: 3, timesteps: [9, 8] }, "PIPELINE_OPTION", /for 2 steps/],
    ["a guidance scale of NaN", { guidanceScale: Number.NaN }, "PIPELINE_OPTION", /guidanceScale NaN/],
    [
      "a guidance on top of the acceleration's",
      { acceleration: few, guidance: own },
      "PIPELINE_OPTION",
      /guidance own: few works with its own/,
    ],
    [
      "an acceleration that is not loaded",
      { accelerations: [few], acceleration: "fast" },
      "PIPELINE_ACCELERATION",
      /"fast".*loaded: few/,
    ],
    ["a mask without an image", { mask: image }, "PIPELINE_MASK", /give image/],
    ["pasting back without a mask", { image, pasteBack: true }, "PIPELINE_MASK", /give mask/],
    ["a strength above 1", { image, strength: 1.5 }, "PIPELINE_OPTION", /strength 1.5/],
    ["an unknown source of noise", { randomSource: "dice" as "cpu" }, "PIPELINE_OPTION", /randomSource dice/],
    ["an unknown decoder", { decoder: "tiny" as "taesd" }, "PIPELINE_OPTION", /decoder tiny/],
    ["a TAESD that is not loaded", { decoder: "taesd" }, "PIPELINE_OPTION", /no TAESD/],
    ["a preview by a TAESD that is not loaded", { preview: "taesd" }, "PIPELINE_OPTION", /no TAESD/],
    ["an unknown preview", { preview: "yes" as "auto" }, "PIPELINE_OPTION", /preview yes/],
    [
      "an unknown prompt syntax",
      { promptSyntax: "a1111" as "plain" },
      "PIPELINE_OPTION",
      /promptSyntax a1111/,
    ],
    ["a seed that is text", { seed: "7" as never }, "PIPELINE_OPTION", /seed must be an integer/],
    ["a seed of null", { seed: null as never }, "PIPELINE_OPTION", /seed must be an integer/],
    ["a fractional seed", { seed: 1.5 }, "PIPELINE_OPTION", /seed must be an integer/],
    ["a seed of more than 64 bits", { seed: 2n ** 64n }, "PIPELINE_OPTION", /seed must be an integer/],
    [
      "a typed array of seeds",
      { seed: new Uint32Array(1) as never },
      "PIPELINE_OPTION",
      /seed must be an integer/,
    ],
    [
      "a list with a seed that is text",
      { seed: [1, "2" as never], imagesPerPrompt: 2 },
      "PIPELINE_OPTION",
      /seed must be an integer/,
    ],
    ["too few seeds", { seed: [1], imagesPerPrompt: 2 }, "PIPELINE_OPTION", /1 seeds for 2/],
    [
      "too many negative prompts",
      { negativePrompt: ["a", "b"] },
      "PIPELINE_OPTION",
      /negativePrompt has 2 texts/,
    ],
  ];
  it.each(cases)("%s", (_, options, code, message) => {
    const attempt = () => resolve(options);
    expect(attempt).toThrow(message);
    try {
      attempt();
    } catch (error) {
      expect(SunstepError.isInstance(error, code)).toBe(true);
    }
  });
});
