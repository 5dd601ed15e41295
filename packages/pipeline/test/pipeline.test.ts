import { openComponent } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { SunstepError } from "@sunstep/errors";
import type { RgbImage } from "@sunstep/image";
import type { Runtime } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { fixture } from "@sunstep/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GenerateOptions, Pipeline, type PipelineParts, type ProgressEvent } from "../src/index.js";
import { emojiParts } from "./emoji-pipeline.js";

let runtime: Runtime;
let parts: PipelineParts;
let pipeline: Pipeline;

beforeAll(async () => {
  runtime = await createNodeRuntime();
  parts = await emojiParts(runtime);
  pipeline = new Pipeline(parts);
});

afterAll(async () => {
  await pipeline.dispose();
  await runtime.dispose();
});

const quick: GenerateOptions = { seed: 0, steps: 2, width: 64, height: 64 };

async function codeOf(run: Promise<unknown>): Promise<string> {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return SunstepError.isInstance(error) ? error.code : `not a SunstepError: ${String(error)}`;
}

describe("pictures", () => {
  test("a red apple is red in the middle and white in the corners", async () => {
    const { images, evaluations } = await pipeline.generate("a red apple", { seed: 0, steps: 12 });
    const [image] = images as [RgbImage];
    expect([image.width, image.height, evaluations]).toEqual([128, 128, 24]);
    const [red, green, blue] = pixel(image, 64, 80);
    expect(red).toBeGreaterThan(200);
    expect(Math.max(green, blue)).toBeLessThan(90);
    expect(Math.min(...pixel(image, 3, 3), ...pixel(image, 124, 124))).toBeGreaterThan(230);
  });

  test("the same seed paints the same picture, another seed another", async () => {
    const [first, again, other] = [
      await pipeline.generate("a red apple", quick),
      await pipeline.generate("a red apple", quick),
      await pipeline.generate("a red apple", { ...quick, seed: 1 }),
    ];
    expect(again.images[0]!.data).toEqual(first.images[0]!.data);
    expect(other.images[0]!.data).not.toEqual(first.images[0]!.data);
  });

  test.each([
    [72, 104],
    [8, 8],
    [136, 64],
  ])("%i x %i pixels", async (width, height) => {
    const { images } = await pipeline.generate("a star", { ...quick, steps: 1, width, height });
    expect([images[0]!.width, images[0]!.height, images[0]!.data.length]).toEqual([
      width,
      height,
      3 * width * height,
    ]);
  });

  test("several pictures: each of a seed list is the one that its seed alone would paint", async () => {
    const together = await pipeline.generate("a star", { ...quick, imagesPerPrompt: 2, seed: [3, 4] });
    const alone = await pipeline.generate("a star", { ...quick, seed: 4 });
    expect(together.images[1]!.data).toEqual(alone.images[0]!.data);
  });

  test("a batch evaluated at once is close to one evaluated picture by picture", async () => {
    const batched = new Pipeline({ ...parts, batching: "batched" });
    const options = { ...quick, imagesPerPrompt: 2, seed: [3, 4] };
    const [each, together] = [
      await pipeline.generate("a star", options),
      await batched.generate("a star", options),
    ];
    expect(together.latents.data).toBeAllclose(each.latents.data, { atol: 2e-3 });
    await batched.dispose();
  });

  test("a negative prompt changes a guided picture", async () => {
    const plain = await pipeline.generate("an apple", quick);
    const without = await pipeline.generate("an apple", { ...quick, negativePrompt: "red" });
    expect(without.images[0]!.data).not.toEqual(plain.images[0]!.data);
  });

  test("a weight in the prompt changes the picture; word for word, it is just brackets", async () => {
    const [plain, weighted, literal] = [
      await pipeline.generate("a red apple", quick),
      await pipeline.generate("a (red:1.5) apple", quick),
      await pipeline.generate("a red apple", { ...quick, promptSyntax: "plain" }),
    ];
    expect(weighted.images[0]!.data).not.toEqual(plain.images[0]!.data);
    expect(literal.images[0]!.data).toEqual(plain.images[0]!.data);
  });

  test("a prompt of more than 77 tokens is read to its end", async () => {
    const long = "a red apple, ".repeat(30);
    const options = { ...quick, steps: 1 };
    const [ends, differs] = [
      await pipeline.generate(`${long} a star`, options),
      await pipeline.generate(`${long} a car`, options),
    ];
    expect(differs.latents.data).not.toEqual(ends.latents.data);
  });
});

describe("from a picture", () => {
  const grey: RgbImage = { width: 64, height: 64, channels: 3, data: new Uint8Array(64 * 64 * 3).fill(128) };
  const half: RgbImage = {
    width: 64,
    height: 64,
    channels: 1,
    data: Uint8Array.from({ length: 64 * 64 }, (_, i) => (i % 64 < 32 ? 0 : 255)),
  };

  test("strength decides how many steps are run", async () => {
    const { timesteps } = await pipeline.generate("a star", {
      ...quick,
      steps: 4,
      image: grey,
      strength: 0.5,
    });
    expect(timesteps.length).toBe(2);
  });

  test("inpainting leaves latents outside the mask as they were", async () => {
    const options = { ...quick, steps: 3, image: grey, mask: half };
    const [one, other] = [
      await pipeline.generate("a star", options),
      await pipeline.generate("a car", options),
    ];
    const columns = (data: Float32Array, left: boolean) => data.filter((_, i) => i % 8 < 4 === left);
    expect(columns(one.latents.data, true)).toEqual(columns(other.latents.data, true));
    expect(columns(one.latents.data, false)).not.toEqual(columns(other.latents.data, false));
  });

  test("a mask of another size is refused with both sizes", async () => {
    const mask = { ...half, width: 32, height: 128 };
    await expect(pipeline.generate("a star", { ...quick, image: grey, mask })).rejects.toThrow(
      /32x128.*64x64/,
    );
  });
});

describe("a run", () => {
  test("reports stages and steps, with previews if asked for", async () => {
    const events: ProgressEvent[] = [];
    await pipeline.generate("a star", {
      ...quick,
      preview: "linear",
      onProgress: (event) => events.push(event),
    });
    expect(
      events.map((event) => (event.type === "step" ? `${event.step}/${event.steps}` : event.stage)),
    ).toEqual(["encode-prompt", "denoise", "1/2", "2/2", "decode"]);
    const previews = events.flatMap((event) => (event.type === "step" ? (event.previews ?? []) : []));
    expect(previews.map(({ width, height }) => [width, height])).toEqual([
      [8, 8],
      [8, 8],
    ]);
  });

  test("a linear preview has the colours of the picture", async () => {
    const previews: RgbImage[] = [];
    const { images } = await pipeline.generate("a red apple", {
      seed: 0,
      steps: 12,
      preview: "linear",
      onProgress: (event) => void (event.type === "step" && previews.push(...event.previews!)),
    });
    // Channel by channel, the preview rises and falls with the picture at an eighth of its size.
    const small = previews.at(-1)!;
    const places = Array.from({ length: 16 * 16 }, (_, i) => [i % 16, Math.floor(i / 16)] as const);
    for (const channel of [0, 1, 2]) {
      const shown = places.map(([x, y]) => pixel(small, x, y)[channel]!);
      const painted = places.map(([x, y]) => pixel(images[0]!, 8 * x + 4, 8 * y + 4)[channel]!);
      expect(correlation(shown, painted)).toBeGreaterThan(0.75);
    }
  });

  test("shows previews by the tiny autoencoder where there is one, and opens it when it is first needed", async () => {
    let opened = 0;
    const component = openComponent("taesd", folderTree(fixture("tiny-taesd")));
    const taesd = () => {
      opened++;
      return component;
    };
    const own = new Pipeline({ ...parts, taesd });
    const sizes = async (pipeline: Pipeline) => {
      const seen: number[] = [];
      await pipeline.generate("a star", {
        ...quick,
        preview: "auto",
        onProgress: (event) => void (event.type === "step" && seen.push(event.previews![0]!.width)),
      });
      return seen;
    };
    await own.generate("a star", quick);
    expect(opened).toBe(0);
    expect(await sizes(own)).toEqual([64, 64]);
    expect(opened).toBeGreaterThan(0);
    expect(await sizes(pipeline)).toEqual([8, 8]);
    await own.dispose();
  });

  test("decodes by the model's default, and by the VAE where that is not loaded", async () => {
    const taesd = await openComponent("taesd", folderTree(fixture("tiny-taesd")));
    const defaults = { ...parts.defaults, decoder: "taesd" } as const;
    const tiny = new Pipeline({ ...parts, taesd, defaults });
    const none = new Pipeline({ ...parts, defaults });
    expect([tiny, none, pipeline].map((one) => one.defaults.decoder)).toEqual(["taesd", "vae", "vae"]);
    const paint = async (one: Pipeline, options = {}) =>
      (await one.generate("a star", { ...quick, steps: 1, ...options })).images[0]!.data;
    const vae = await paint(pipeline);
    expect(await paint(tiny)).toEqual(await paint(tiny, { decoder: "taesd" }));
    expect(await paint(tiny, { decoder: "vae" })).toEqual(vae);
    expect(await paint(none)).toEqual(vae);
    await Promise.all([tiny.dispose(), none.dispose()]);
  });

  test("is cancelled between steps", async () => {
    const controller = new AbortController();
    const steps: number[] = [];
    const run = pipeline.generate("a star", {
      ...quick,
      steps: 10,
      signal: controller.signal,
      onProgress: (event) => {
        if (event.type !== "step") return;
        steps.push(event.step);
        if (event.step === 2) controller.abort();
      },
    });
    expect(await codeOf(run)).toBe("ABORTED");
    expect(steps).toEqual([1, 2]);
    expect((await pipeline.generate("a star", quick)).images).toHaveLength(1);
  });

  test("leaves the event loop free: it turns while the network computes", async () => {
    let turns = 0;
    let running = true;
    const turn = () => {
      turns++;
      if (running) setImmediate(turn);
    };
    const run = pipeline.generate("a star", { seed: 0, steps: 4 });
    setImmediate(turn);
    await run;
    running = false;
    // A run that blocked the thread would let it turn about once per step. How long it is ever held: `pnpm bench`.
    expect(turns).toBeGreaterThan(100);
  });

  test("that gives NaN is an error that names the step", async () => {
    const promptEmbeds = {
      dtype: "float32" as const,
      shape: [1, 77, 256],
      data: new Float32Array(77 * 256).fill(Number.NaN),
    };
    const run = pipeline.generate("", { ...quick, promptEmbeds, guidanceScale: 1 });
    await expect(run).rejects.toThrow(/U-Net at step 1 of 2/);
    expect(await codeOf(run)).toBe("PIPELINE_NOT_FINITE");
  });

  test.each<[string, GenerateOptions, string]>([
    ["an unknown scheduler", { scheduler: "warp" }, "SCHEDULER_NAME"],
    ["more layers skipped than there are", { clipSkip: 9 }, "PIPELINE_OPTION"],
    [
      "embeddings of another width",
      { promptEmbeds: { dtype: "float32", shape: [1, 77, 8], data: new Float32Array(616) } },
      "PIPELINE_EMBEDDINGS",
    ],
  ])("refuses %s", async (_, options, code) => {
    expect(await codeOf(pipeline.generate("a star", { ...quick, ...options }))).toBe(code);
  });

  test("refuses to decode or show with a TAESD that is not there before it does anything", async () => {
    for (const options of [{ decoder: "taesd" }, { preview: "taesd" }] as const) {
      const events: string[] = [];
      const onProgress = ({ type }: { readonly type: string }) => void events.push(type);
      expect(await codeOf(pipeline.generate("a star", { ...quick, ...options, onProgress }))).toBe(
        "PIPELINE_OPTION",
      );
      expect(events).toEqual([]);
    }
  });

  test("refuses a prompt of 100,000 characters", async () => {
    expect(await codeOf(pipeline.generate("apple ".repeat(16_667), quick))).toBe("PROMPT_TOO_LONG");
  });

  test("is refused after disposal", async () => {
    const other = new Pipeline(parts);
    await other.dispose();
    expect(await codeOf(other.generate("a star", quick))).toBe("PIPELINE_DISPOSED");
  });
});

function pixel({ width, channels, data }: RgbImage, x: number, y: number): [number, number, number] {
  const at = (y * width + x) * channels;
  return [data[at]!, data[at + 1]!, data[at + 2]!];
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, i) => (value - meanA) * (b[i]! - meanB)));
  return (
    covariance /
    Math.sqrt(mean(a.map((value) => (value - meanA) ** 2)) * mean(b.map((value) => (value - meanB) ** 2)))
  );
}
