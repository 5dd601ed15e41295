// A second run over the enlarged image: two runs by hand that it must equal.

import { resize } from "@sunstep/image";
import { describe, expect, it } from "vitest";
import { plannedSteps } from "../src/hires/hires.js";
import { upscaleLatents } from "../src/hires/upscale-latents.js";
import type { GenerateOptions } from "../src/index.js";
import { useEmojiPipeline } from "./emoji-pipeline.js";

const emoji = useEmojiPipeline();

const quick: GenerateOptions = {
  seed: 3,
  steps: 2,
  width: 64,
  height: 32,
  scheduler: "ddim",
  guidanceScale: 3,
};
const wide = { width: 96, height: 48 };

describe("hires", () => {
  it("by Lanczos is image-to-image over the resized image, for each image of a batch", async () => {
    const hires = { scale: 1.5, strength: 0.6, steps: 3, upscaler: "lanczos" } as const;
    const both = await emoji.pipeline.generate(["a red apple", "a cat"], { ...quick, seed: [3, 4], hires });
    for (const [i, prompt] of ["a red apple", "a cat"].entries()) {
      const seed = 3 + i;
      const first = await emoji.pipeline.generate(prompt, { ...quick, seed });
      const image = resize(first.images[0]!, wide.width, wide.height);
      const byHand = await emoji.pipeline.generate(prompt, {
        ...quick,
        ...wide,
        seed,
        image,
        strength: 0.6,
        steps: 5,
      });
      expect(byHand.timesteps).toHaveLength(3);
      expect(both.images[i]).toEqual(byHand.images[0]);
      const size = both.latents.data.length / 2;
      expect(both.latents.data.slice(i * size, (i + 1) * size)).toEqual(byHand.latents.data);
      expect(both.timesteps).toEqual([...first.timesteps, ...byHand.timesteps]);
    }
    expect(both.request).toMatchObject({ width: 64, height: 32, hires: wide });
    expect(both.evaluations).toBe(2 * (2 + 3));
  });

  it("by latents enlarges them without decoding the first image", async () => {
    const stages: string[] = [];
    const { images, latents, evaluations } = await emoji.pipeline.generate("a red apple", {
      ...quick,
      hires: { strength: 0.5 },
      onProgress: (event) =>
        void (event.type === "stage" && event.stage !== "load" && stages.push(event.stage)),
    });
    expect(images[0]).toMatchObject({ width: 128, height: 64 });
    expect(latents.shape).toEqual([1, 4, 8, 16]);
    expect(evaluations).toBe(2 * (2 + 2));
    expect(stages).not.toContain("encode-image");
    expect(stages.indexOf("decode")).toBeGreaterThan(stages.lastIndexOf("denoise"));
  });

  it.each([
    [
      "an image",
      { image: { width: 8, height: 8, channels: 3, data: new Uint8Array(192) }, hires: {} },
      "hires",
    ],
    ["timesteps of the first run", { timesteps: [999, 500], steps: undefined, hires: {} }, "hires"],
    ["a scale below 1", { hires: { scale: 0.5 } }, "hires.scale"],
    ["no change", { hires: { strength: 0 } }, "hires.strength"],
    ["another upscaler", { hires: { upscaler: "esrgan" } }, "hires.upscaler"],
  ])("is rejected with %s", async (_, options, option) => {
    const { steps: __, ...rest } = quick;
    await expect(
      emoji.pipeline.generate("a cat", { ...rest, ...options } as GenerateOptions),
    ).rejects.toMatchObject({
      code: "PIPELINE_OPTION",
      details: { option },
    });
  });
});

it("plans the steps of which the strength leaves as many as asked for", () => {
  for (let steps = 1; steps <= 40; steps++) {
    for (const strength of [0.05, 0.1, 0.3, 0.35, 0.5, 0.55, 0.7, 0.9, 1]) {
      const planned = plannedSteps({ steps, strength });
      // diffusers' StableDiffusionImg2ImgPipeline.get_timesteps
      expect(Math.trunc(planned * strength)).toBe(steps);
      expect(planned === 1 || Math.trunc((planned - 1) * strength) < steps).toBe(true);
    }
  }
});

it("enlarges latents as torch does", () => {
  // torch.nn.functional.interpolate(x, size=(3, 5), mode="bilinear") of x = [[0, 1, 2], [4, 6, 9]]
  const enlarged = upscaleLatents(
    Float32Array.of(0, 1, 2, 4, 6, 9),
    { batch: 1, height: 2, width: 3 },
    { height: 3, width: 5 },
  );
  expect(enlarged).toBeAllclose([0, 0.4, 1, 1.6, 2, 2, 2.6, 3.5, 4.7, 5.5, 4, 4.8, 6, 7.8, 9], {
    atol: 1e-6,
  });
});
