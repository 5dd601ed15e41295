import type { RgbImage } from "@sunstep/image";
import type { Pass } from "@sunstep/onnx-graph";
import { describe, expect, it } from "vitest";
import { type GenerateOptions, Pipeline } from "../src/index.js";
import { quick, useEmojiPipeline } from "./emoji-pipeline.js";
import { difference, pixel, redness } from "./image-measures.js";

const emoji = useEmojiPipeline();

describe("Pipeline.generate", () => {
  it("paints a red apple that is red in the middle and white in the corners", async () => {
    const { images, evaluations } = await emoji.pipeline.generate("a red apple", { seed: 0, steps: 12 });
    const [image] = images as [RgbImage];
    expect([image.width, image.height, evaluations]).toEqual([128, 128, 24]);
    const [red, green, blue] = pixel(image, 64, 80);
    expect(red).toBeGreaterThan(200);
    expect(Math.max(green, blue)).toBeLessThan(90);
    expect(Math.min(...pixel(image, 3, 3), ...pixel(image, 124, 124))).toBeGreaterThan(230);
  });

  it("paints the same image for the same seed and a clearly different one for another", async () => {
    const [first, again, other] = [
      await emoji.pipeline.generate("a red apple", quick),
      await emoji.pipeline.generate("a red apple", quick),
      await emoji.pipeline.generate("a red apple", { ...quick, seed: 1 }),
    ];
    expect(again.images[0]!.data).toEqual(first.images[0]!.data);
    expect(difference(other.images[0]!, first.images[0]!)).toBeGreaterThan(10);
  });

  it.each([
    [72, 104],
    [8, 8],
    [136, 64],
  ])("paints %i x %i pixels", async (width, height) => {
    const { images } = await emoji.pipeline.generate("a star", { ...quick, steps: 1, width, height });
    expect([images[0]!.width, images[0]!.height, images[0]!.data.length]).toEqual([
      width,
      height,
      3 * width * height,
    ]);
  });

  it("paints for each seed of a list the image that the seed paints alone", async () => {
    const together = await emoji.pipeline.generate("a star", { ...quick, imagesPerPrompt: 2, seed: [3, 4] });
    const alone = await emoji.pipeline.generate("a star", { ...quick, seed: 4 });
    expect(together.images[1]!.data).toEqual(alone.images[0]!.data);
  });

  it("paints nearly the same whether a batch is evaluated at once or image by image", async () => {
    const batched = new Pipeline({ ...emoji.components, batching: "batched" });
    const options = { ...quick, imagesPerPrompt: 2, seed: [3, 4] };
    const [each, together] = [
      await emoji.pipeline.generate("a star", options),
      await batched.generate("a star", options),
    ];
    expect(together.latents.data).toBeAllclose(each.latents.data, { atol: 2e-3 });
    await batched.dispose();
  });

  it("paints the other images of a batch as before if one prompt is long", async () => {
    const batched = new Pipeline({ ...emoji.components, batching: "batched" });
    const options = { ...quick, seed: [3, 4], negativePrompt: "leaf" };
    const both = await batched.generate(["a star", "a red apple, ".repeat(30)], options);
    const alone = await batched.generate("a star", { ...options, seed: 3 });
    expect(both.images[0]!.data).toEqual(alone.images[0]!.data);
    await batched.dispose();
  });

  it("paints less of what the negative prompt names", async () => {
    const paint = async (negativePrompt: string) =>
      redness((await emoji.pipeline.generate("a car", { seed: 0, steps: 8, negativePrompt })).images[0]!);
    const [plain, without] = [await paint(""), await paint("red")];
    expect(plain).toBeGreaterThan(20);
    expect(without).toBeLessThan(0.85 * plain);
  });

  it("paints more of a word with a weight above 1, and takes brackets literally in a plain prompt", async () => {
    const paint = async (prompt: string, options: GenerateOptions = {}) =>
      (await emoji.pipeline.generate(prompt, { seed: 0, steps: 8, ...options })).images[0]!;
    const weak = redness(await paint("a (red:0.5) apple"));
    const strong = redness(await paint("a (red:1.5) apple"));
    expect(strong).toBeGreaterThan(weak);
    const [plain, literal] = [
      await paint("a red apple", quick),
      await paint("a red apple", { ...quick, promptSyntax: "plain" }),
    ];
    expect(literal.data).toEqual(plain.data);
  });

  it("runs at timesteps of the request", async () => {
    const { timesteps } = await emoji.pipeline.generate("a star", {
      ...quick,
      steps: undefined as never,
      timesteps: [900, 400, 100],
    });
    expect(timesteps).toEqual([900, 400, 100]);
  });

  it("rejects timesteps, sigmas and options that the scheduler does not take", async () => {
    const { steps: _, ...rest } = quick;
    for (const options of [
      { scheduler: "ddim", timesteps: [900, 100] },
      { scheduler: "ddim", sigmas: [14, 1, 0] },
      { scheduler: "euler", eta: 0.5 },
      { scheduler: "ddim", schedulerOptions: { sChurn: 1 } },
    ])
      await expect(emoji.pipeline.generate("a star", { ...rest, ...options })).rejects.toMatchObject({
        code: "SCHEDULER_PLAN",
      });
  });

  it("runs passes over the networks that they are for", async () => {
    const seen: string[] = [];
    const note: Pass = {
      name: "note",
      run: (model) => {
        seen.push(model.graph.name);
        return { model, modified: false };
      },
    };
    const own = new Pipeline({ ...emoji.components, passes: { unet: [note], vae_decoder: [note] } });
    await own.generate("a star", { ...quick, steps: 1 });
    expect(seen).toEqual(["unet", "vae_decoder"]);
    await own.dispose();
  });

  it("warns of a scheduler without the rescaling of betas that the model was trained with", async () => {
    const zeroSnr = { rescale_betas_zero_snr: true, prediction_type: "v_prediction" };
    const own = { ...emoji.components, schedulerConfig: { ...emoji.components.schedulerConfig, ...zeroSnr } };
    const rescaled = new Pipeline(own);
    const warned = async (scheduler: string) =>
      (await rescaled.generate("a star", { ...quick, steps: 1, scheduler })).warnings;
    expect(await warned("heun")).toMatchObject([
      { code: "SCHEDULER_OPTION_UNUSED", details: { options: ["rescale_betas_zero_snr"] } },
    ]);
    expect(await warned("euler")).toEqual([]);
    await rescaled.dispose();
  });

  it("warns of a negative prompt that nothing reads", async () => {
    const { warnings } = await emoji.pipeline.generate("a star", {
      ...quick,
      guidanceScale: 1,
      negativePrompt: "leaf",
    });
    expect(warnings).toMatchObject([{ code: "NEGATIVE_PROMPT_UNUSED" }]);
    expect((await emoji.pipeline.generate("a star", { ...quick, negativePrompt: "leaf" })).warnings).toEqual(
      [],
    );
  });
});
