import { openCheckpoint, openComponent, openControlNet } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import type { RgbImage } from "@sunstep/image";
import type { Runtime } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { TorchGenerator } from "@sunstep/tensor";
import { countingRuntime, fixture } from "@sunstep/testing";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { isActive } from "../src/control/control.js";
import {
  type Control,
  type GenerateOptions,
  openTextEncoders,
  Pipeline,
  type PipelineComponents,
} from "../src/index.js";

let runtime: Runtime;
let components: PipelineComponents;
let controlnet: Control["controlnet"];
let pipeline: Pipeline;
/** Networks in the order in which they were loaded. */
let loads: string[];

beforeAll(async () => {
  ({ runtime, loads } = countingRuntime(await createNodeRuntime({ cache: false })));
  const checkpoint = await openCheckpoint(folderTree(fixture("tiny-sd15")), { variant: "fp16" });
  components = { ...checkpoint, runtime, textEncoders: await openTextEncoders(checkpoint) };
  controlnet = await openControlNet(folderTree(fixture("tiny-controlnet")));
  pipeline = new Pipeline(components);
});

afterAll(async () => {
  await pipeline.dispose();
  await runtime.dispose();
});

const noise = new TorchGenerator(0).randn(3 * 64 * 64);
const image: RgbImage = {
  width: 64,
  height: 64,
  channels: 3,
  data: Uint8Array.from(noise, (value) => Math.min(255, Math.max(0, 128 + 60 * value))),
};
const quick: GenerateOptions = { seed: 0, steps: 2, width: 64, height: 64, scheduler: "ddim" };
const latents = async (options: GenerateOptions) =>
  (await pipeline.generate("a cat", { ...quick, ...options })).latents.data;

describe("controls", () => {
  it("change the image, more at a larger scale, and not at a scale of 0", async () => {
    const plain = await latents({});
    const at = (scale: number) => latents({ controls: [{ controlnet, image, scale }] });
    const [none, half, whole] = [await at(0), await at(0.5), await at(1)];
    const distance = (some: Float32Array) => Math.hypot(...some.map((value, i) => value - plain[i]!));
    expect(none).toBeAllclose(plain, { atol: 1e-5 });
    expect(distance(half)).toBeGreaterThan(0.1);
    expect(distance(whole)).toBeGreaterThan(distance(half));
  });

  it("add up: one at 0.3 and 0.5 is one at 0.8", async () => {
    const control = (scale: number) => ({ controlnet, image, scale });
    const once = await latents({ controls: [control(0.8)] });
    const twice = await latents({ controls: [control(0.3), control(0.5)] });
    expect(twice).toBeAllclose(once, { atol: 1e-3 });
  });

  it("take part in the steps of their window only, without another U-Net", async () => {
    await latents({ controls: [{ controlnet, image }] });
    loads.length = 0;
    const all = await latents({ controls: [{ controlnet, image }] });
    const first = await latents({ controls: [{ controlnet, image, end: 0.5 }] });
    const last = await latents({ controls: [{ controlnet, image, start: 0.5 }] });
    const ready = await latents({ controls: [] });
    expect(loads).toEqual([]);
    const differ = (some: Float32Array, others: Float32Array) =>
      expect(Math.max(...some.map((value, i) => Math.abs(value - others[i]!)))).toBeGreaterThan(0.01);
    for (const some of [first, last, ready]) differ(some, all);
    differ(first, last);
    expect(ready).toBeAllclose(await latents({}), { atol: 1e-5 });
  });

  it("in guess mode take no part in evaluations of the negative prompt", async () => {
    const guided = { guidanceScale: 4, controls: [{ controlnet, image }] };
    const [plain, guess] = [await latents(guided), await latents({ ...guided, guessMode: true })];
    expect(Math.max(...plain.map((value, i) => Math.abs(value - guess[i]!)))).toBeGreaterThan(0.01);
    // With the prompt's own conditioning on both sides, guidance cancels out unless the control differs between them.
    const negatives = async (guessMode: boolean) => {
      const options = { negativePrompt: "a cat", controls: guided.controls, guessMode };
      const [low, high] = [
        await latents({ ...options, guidanceScale: 2 }),
        await latents({ ...options, guidanceScale: 6 }),
      ];
      return Math.max(...low.map((value, i) => Math.abs(value - high[i]!)));
    };
    expect(await negatives(false)).toBeLessThan(1e-3);
    expect(await negatives(true)).toBeGreaterThan(0.01);
  });

  it("follow the same image for every image of a batch, together or one by one", async () => {
    const batched = new Pipeline({ ...components, batching: "batched" });
    onTestFinished(() => batched.dispose());
    const options = { ...quick, imagesPerPrompt: 2, seed: [3, 4], controls: [{ controlnet, image }] };
    const each = await pipeline.generate("a cat", options);
    const together = await batched.generate("a cat", options);
    const alone = await pipeline.generate("a cat", { ...options, imagesPerPrompt: 1, seed: 4 });
    expect(together.latents.data).toBeAllclose(each.latents.data, { atol: 2e-3 });
    expect(each.latents.data.slice(256)).toBeAllclose(alone.latents.data, { atol: 1e-5 });
  });

  it("give the latents alone to ControlNets of an inpainting U-Net with nine channels", async () => {
    const unet = await openComponent("unet", folderTree(fixture("tiny-inpaint/unet")));
    const inpaint = new Pipeline({ ...components, unet });
    onTestFinished(() => inpaint.dispose());
    const options = {
      ...quick,
      image,
      mask: { ...image, data: new Uint8Array(image.data.length).fill(255) },
    };
    const plain = await inpaint.generate("a cat", options);
    const controlled = await inpaint.generate("a cat", { ...options, controls: [{ controlnet, image }] });
    expect(controlled.latents.data.every(Number.isFinite)).toBe(true);
    expect(controlled.latents.data).not.toEqual(plain.latents.data);
  });

  it("give the size of their image where the request has none", async () => {
    const wide = { ...image, width: 128, height: 32 };
    const { request } = await pipeline.generate("a cat", {
      steps: 1,
      controls: [{ controlnet, image: wide }],
    });
    expect([request.width, request.height]).toEqual([128, 32]);
  });

  it.each<[string, () => GenerateOptions, string]>([
    [
      "a scale that is no number",
      () => ({ controls: [{ controlnet, image, scale: Number.NaN }] }),
      "PIPELINE_OPTION",
    ],
    [
      "a window that ends before it starts",
      () => ({ controls: [{ controlnet, image, start: 0.5, end: 0.2 }] }),
      "PIPELINE_CONTROL",
    ],
    ["guess mode without controls", () => ({ guessMode: true }), "PIPELINE_CONTROL"],
  ])("rejects %s", async (_, options, code) => {
    await expect(latents(options())).rejects.toMatchObject({ code });
  });

  it("names what differs where a ControlNet is for another kind of model", async () => {
    const other = await openControlNet(folderTree(fixture("tiny-controlnet-xl")));
    loads.length = 0;
    await expect(
      latents({ controls: [{ controlnet: other, image, name: "canny-xl" }] }),
    ).rejects.toMatchObject({
      code: "PIPELINE_CONTROL",
      message: expect.stringMatching(/canny-xl.*widths are 8,16,24, the U-Net's 16,24,32,32/),
    });
    expect(loads).toEqual([]);
  });
});

describe("isActive", () => {
  it("takes the steps that lie within the window as a whole, as diffusers does", () => {
    const steps = (start: number, end: number) =>
      Array.from({ length: 6 }, (_, i) =>
        isActive({ controlnet, image, name: "", scale: 1, start, end }, i, 6),
      );
    expect(steps(0, 0.5)).toEqual([true, true, true, false, false, false]);
    expect(steps(0.3, 1)).toEqual([false, false, true, true, true, true]);
    expect(steps(0.2, 0.7)).toEqual([false, false, true, true, false, false]);
  });
});
