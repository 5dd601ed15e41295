import type { GenerateOptions, RequestSettings } from "@sunstep/pipeline";
import type { Runtime } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import type { SunAdapter } from "@sunstep/sun-adapter";
import { tensor } from "@sunstep/tensor";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type SunOptions, sun } from "../src/index.js";
import { emojiPipeline } from "./emoji-pipeline.js";

let runtime: Runtime;
let adapter: SunAdapter;
let generate: Awaited<ReturnType<typeof emojiPipeline>>["pipeline"]["generate"];

beforeAll(async () => {
  runtime = await createNodeRuntime();
  const emoji = await emojiPipeline(runtime);
  adapter = emoji.adapter;
  generate = (...options) => emoji.pipeline.generate(...options);
});
afterAll(() => runtime.dispose());

const small: GenerateOptions = { seed: 0, width: 64, height: 64 };
const latents = async (options: GenerateOptions, prompt = "an apple") =>
  (await generate(prompt, { ...small, ...options })).latents.data;

describe("sun", () => {
  it("makes an image in four evaluations at trailing timesteps, without guidance", async () => {
    const result = await generate("a red apple", { ...small, acceleration: sun(adapter) });
    expect(result).toMatchObject({ evaluations: 4, scheduler: "DPMSolverMultistepScheduler" });
    expect(result.timesteps).toEqual([999, 749, 499, 249]);
    expect(result.request.guidance.name).toBe("none");
  });

  it("reads the negative prompt", async () => {
    const redness = async (negativePrompt: string) => {
      const { images } = await generate("an apple", { seed: 0, negativePrompt, acceleration: sun(adapter) });
      const { data } = images[0]!;
      return data.reduce((sum, value, i) => sum + (i % 3 === 0 ? value : -value / 2), 0) / data.length;
    };
    const plain = await redness("");
    expect(plain).toBeGreaterThan(5);
    expect(await redness("red")).toBeLessThan(0.8 * plain);
  });

  it("is the plain network at a scale of 0, and half as strong at 0.5", async () => {
    const config = { scheduler: "ddim", steps: 1, guidanceScale: 1 };
    const at = (scale: number) => latents({ ...config, acceleration: sun(adapter, { scale }) });
    const [none, half, whole] = [await at(0), await at(0.5), await at(1)];
    const { schedulerConfig } = (
      await generate("", { ...small, ...config, steps: 1, acceleration: sun(adapter) })
    ).request;
    const plain = await latents({ ...config, scheduler: schedulerConfig });
    expect(none).toBeAllclose(plain, { atol: 1e-4 });
    const distance = (some: Float32Array) =>
      Math.sqrt(some.reduce((sum, value, i) => sum + (value - none[i]!) ** 2, 0));
    expect(distance(half)).toBeGreaterThan(0.25 * distance(whole));
    expect(distance(half)).toBeLessThan(0.75 * distance(whole));
  });

  it("shares its network with runs that do not use it", async () => {
    const counted = await emojiPipeline({
      name: runtime.name,
      device: runtime.device,
      batching: runtime.batching,
      keep: (tensor) => runtime.keep(tensor),
      dispose: () => runtime.dispose(),
      load(model, options) {
        loads.push(options?.label ?? "");
        return runtime.load(model, options);
      },
    });
    const loads: string[] = [];
    onTestFinished(() => counted.pipeline.dispose());
    const accelerations = [sun(counted.adapter)];
    const plain = await counted.pipeline.generate("a star", { ...small, steps: 1 });
    loads.length = 0;
    await counted.pipeline.generate("a star", { ...small, accelerations });
    expect(loads).toEqual(["unet"]);
    loads.length = 0;
    const options = { ...small, steps: 1, accelerations, acceleration: false } as const;
    const off = await counted.pipeline.generate("a star", options);
    await counted.pipeline.generate("a star", {
      ...small,
      accelerations: [sun(counted.adapter, { scale: 0.5 })],
    });
    expect(loads).toEqual([]);
    expect(off.latents.data).toBeAllclose(plain.latents.data, { atol: 1e-5 });
  });

  it.each([
    { use_karras_sigmas: true },
    { use_lu_lambdas: true },
    { use_exponential_sigmas: true },
    { use_beta_sigmas: true },
    { thresholding: true, sample_max_value: 1.5 },
    { timestep_spacing: "linspace", steps_offset: 1 },
    { final_sigmas_type: "sigma_min" },
    { solver_type: "heun", solver_order: 3, lower_order_final: false, euler_at_final: true },
    { _class_name: "DDPMScheduler", variance_type: "fixed_small", clip_sample: true },
    { _class_name: "PNDMScheduler", skip_prk_steps: true, set_alpha_to_one: false },
  ])("samples alike whatever the model's scheduler config says about sampling: %o", (changes) => {
    const { scheduler } = sun(adapter).defaults;
    const trained = {
      _class_name: "DDIMScheduler",
      num_train_timesteps: 1000,
      beta_start: 0.001,
      beta_end: 0.01,
      beta_schedule: "scaled_linear",
      trained_betas: null,
      rescale_betas_zero_snr: false,
      prediction_type: "v_prediction",
    };
    expect(scheduler({ ...trained, ...changes })).toEqual(scheduler(trained));
    const { _class_name, ...training } = trained;
    expect(scheduler({ ...trained, ...changes })).toMatchObject(training);
  });

  it("makes the same image for a model whose own scheduler is another one", async () => {
    const { pipeline, adapter: own } = await emojiPipeline(runtime, {
      _class_name: "DDPMScheduler",
      variance_type: "fixed_small",
      use_karras_sigmas: true,
    });
    onTestFinished(() => pipeline.dispose());
    const result = await pipeline.generate("an apple", { ...small, acceleration: sun(own) });
    expect(result.timesteps).toEqual([999, 749, 499, 249]);
    expect(result.latents.data).toEqual(await latents({ acceleration: sun(adapter) }));
  });

  it("keeps a scheduler that is named, at trailing timesteps", async () => {
    const { timesteps, scheduler } = await generate("a star", {
      ...small,
      scheduler: "euler",
      acceleration: sun(adapter),
    });
    expect([scheduler, timesteps]).toEqual(["EulerDiscreteScheduler", [999, 749, 499, 249]]);
  });

  it("gives ControlNets the prompt, or as the authors' code the tokens of the negative prompt after it", () => {
    const states = (value: number) => ({
      encoder_hidden_states: tensor(new Float32Array(2 * 3).fill(value), [1, 2, 3]),
      text_embeds: tensor(Float32Array.of(value), [1, 1]),
    });
    const prompts = { positive: states(1), negative: states(2) };
    const condition = (options: SunOptions) =>
      sun(adapter, options).condition!(prompts, {} as RequestSettings).control;
    expect(condition({})).toBeUndefined();
    expect(condition({ controlTokens: "both" })).toEqual({
      encoder_hidden_states: tensor(Float32Array.of(1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2), [1, 4, 3]),
      text_embeds: tensor(Float32Array.of(1), [1, 1]),
    });
  });

  it("rejects guidance on top, and a strength that is not a number", async () => {
    const guided = generate("a star", { ...small, guidanceScale: 7.5, acceleration: sun(adapter) });
    await expect(guided).rejects.toMatchObject({ code: "ACCELERATION_GUIDANCE" });
    expect(() => sun(adapter, { scale: Number.NaN })).toThrow("from -10 to 10");
  });

  it("evaluates a batch at once if its norm is of the whole batch, as in the authors' code", async () => {
    const options: GenerateOptions = { ...small, imagesPerPrompt: 2, seed: [3, 4] };
    const together = sun(adapter, { norm: "batch" });
    const both = await generate("a star", { ...options, acceleration: together });
    const alone = await generate("a star", { ...small, seed: 4, acceleration: together });
    const apart = await generate("a star", { ...options, acceleration: sun(adapter) });
    const second = (data: Float32Array) => data.slice(data.length / 2);
    expect(second(apart.latents.data)).toBeAllclose(alone.latents.data, { atol: 1e-4 });
    const difference = second(both.latents.data).map((value, i) => Math.abs(value - alone.latents.data[i]!));
    expect(Math.max(...difference)).toBeGreaterThan(1e-3);
  });
});
