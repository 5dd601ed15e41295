import { openComponent } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { SunstepError } from "@sunstep/errors";
import type { RgbImage } from "@sunstep/image";
import type { Pass } from "@sunstep/onnx-graph";
import type { Runtime } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { fixture } from "@sunstep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GenerateOptions, Pipeline, type PipelineComponents, type ProgressEvent } from "../src/index.js";
import { emojiComponents } from "./emoji-components.js";

let runtime: Runtime;
let components: PipelineComponents;
let pipeline: Pipeline;

beforeAll(async () => {
  runtime = await createNodeRuntime();
  components = await emojiComponents(runtime);
  pipeline = new Pipeline(components);
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

describe("Pipeline.generate", () => {
  it("paints a red apple that is red in the middle and white in the corners", async () => {
    const { images, evaluations } = await pipeline.generate("a red apple", { seed: 0, steps: 12 });
    const [image] = images as [RgbImage];
    expect([image.width, image.height, evaluations]).toEqual([128, 128, 24]);
    const [red, green, blue] = pixel(image, 64, 80);
    expect(red).toBeGreaterThan(200);
    expect(Math.max(green, blue)).toBeLessThan(90);
    expect(Math.min(...pixel(image, 3, 3), ...pixel(image, 124, 124))).toBeGreaterThan(230);
  });

  it("paints the same image for the same seed and a clearly different one for another", async () => {
    const [first, again, other] = [
      await pipeline.generate("a red apple", quick),
      await pipeline.generate("a red apple", quick),
      await pipeline.generate("a red apple", { ...quick, seed: 1 }),
    ];
    expect(again.images[0]!.data).toEqual(first.images[0]!.data);
    expect(difference(other.images[0]!, first.images[0]!)).toBeGreaterThan(10);
  });

  it.each([
    [72, 104],
    [8, 8],
    [136, 64],
  ])("paints %i x %i pixels", async (width, height) => {
    const { images } = await pipeline.generate("a star", { ...quick, steps: 1, width, height });
    expect([images[0]!.width, images[0]!.height, images[0]!.data.length]).toEqual([
      width,
      height,
      3 * width * height,
    ]);
  });

  it("paints for each seed of a list the image that the seed paints alone", async () => {
    const together = await pipeline.generate("a star", { ...quick, imagesPerPrompt: 2, seed: [3, 4] });
    const alone = await pipeline.generate("a star", { ...quick, seed: 4 });
    expect(together.images[1]!.data).toEqual(alone.images[0]!.data);
  });

  it("paints nearly the same whether a batch is evaluated at once or image by image", async () => {
    const batched = new Pipeline({ ...components, batching: "batched" });
    const options = { ...quick, imagesPerPrompt: 2, seed: [3, 4] };
    const [each, together] = [
      await pipeline.generate("a star", options),
      await batched.generate("a star", options),
    ];
    expect(together.latents.data).toBeAllclose(each.latents.data, { atol: 2e-3 });
    await batched.dispose();
  });

  it("paints the other images of a batch as before if one prompt is long", async () => {
    const batched = new Pipeline({ ...components, batching: "batched" });
    const options = { ...quick, seed: [3, 4], negativePrompt: "leaf" };
    const both = await batched.generate(["a star", "a red apple, ".repeat(30)], options);
    const alone = await batched.generate("a star", { ...options, seed: 3 });
    expect(both.images[0]!.data).toEqual(alone.images[0]!.data);
    await batched.dispose();
  });

  it("paints less of what the negative prompt names", async () => {
    const paint = async (negativePrompt: string) =>
      redness((await pipeline.generate("a car", { seed: 0, steps: 8, negativePrompt })).images[0]!);
    const [plain, without] = [await paint(""), await paint("red")];
    expect(plain).toBeGreaterThan(20);
    expect(without).toBeLessThan(0.85 * plain);
  });

  it("paints more of a word with a weight above 1, and takes brackets literally in a plain prompt", async () => {
    const paint = async (prompt: string, options: GenerateOptions = {}) =>
      (await pipeline.generate(prompt, { seed: 0, steps: 8, ...options })).images[0]!;
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
    const { timesteps } = await pipeline.generate("a star", {
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
      expect(await codeOf(pipeline.generate("a star", { ...rest, ...options }))).toBe("SCHEDULER_PLAN");
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
    const own = new Pipeline({ ...components, passes: { unet: [note], vae_decoder: [note] } });
    await own.generate("a star", { ...quick, steps: 1 });
    expect(seen).toEqual(["unet", "vae_decoder"]);
    await own.dispose();
  });

  it("warns of a scheduler without the rescaling of betas that the model was trained with", async () => {
    const zeroSnr = { rescale_betas_zero_snr: true, prediction_type: "v_prediction" };
    const own = { ...components, schedulerConfig: { ...components.schedulerConfig, ...zeroSnr } };
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
    const { warnings } = await pipeline.generate("a star", {
      ...quick,
      guidanceScale: 1,
      negativePrompt: "leaf",
    });
    expect(warnings).toMatchObject([{ code: "NEGATIVE_PROMPT_UNUSED" }]);
    expect((await pipeline.generate("a star", { ...quick, negativePrompt: "leaf" })).warnings).toEqual([]);
  });
});

describe("Pipeline.generate from an image", () => {
  const grey: RgbImage = { width: 64, height: 64, channels: 3, data: new Uint8Array(64 * 64 * 3).fill(128) };
  const half: RgbImage = {
    width: 64,
    height: 64,
    channels: 1,
    data: Uint8Array.from({ length: 64 * 64 }, (_, i) => (i % 64 < 32 ? 0 : 255)),
  };

  it("runs the share of the steps that the strength says", async () => {
    const { timesteps } = await pipeline.generate("a star", {
      ...quick,
      steps: 4,
      image: grey,
      strength: 0.5,
    });
    expect(timesteps.length).toBe(2);
  });

  it("leaves latents outside the mask as they were", async () => {
    const options = { ...quick, steps: 3, image: grey, mask: half };
    const [one, other] = [
      await pipeline.generate("a star", options),
      await pipeline.generate("a car", options),
    ];
    const columns = (data: Float32Array, left: boolean) => data.filter((_, i) => i % 8 < 4 === left);
    expect(columns(one.latents.data, true)).toEqual(columns(other.latents.data, true));
    const painted = [one, other].map(({ latents }) => columns(latents.data, false));
    expect(correlation([...painted[0]!], [...painted[1]!])).toBeLessThan(0.99);
  });

  it("pastes the pixels back that the mask keeps, if asked to", async () => {
    const options = { ...quick, image: grey, mask: half };
    const [changed, kept] = [
      await pipeline.generate("a star", options),
      await pipeline.generate("a star", { ...options, pasteBack: true }),
    ];
    const columns = ([image]: readonly RgbImage[], left: boolean) =>
      image!.data.filter((_, i) => Math.floor(i / 3) % 64 < 32 === left);
    expect(columns(kept.images, true).every((value) => value === 128)).toBe(true);
    expect(columns(changed.images, true).every((value) => value === 128)).toBe(false);
    expect(columns(kept.images, false)).toEqual(columns(changed.images, false));
  });

  it("rejects a mask of another size with both sizes", async () => {
    const mask = { ...half, width: 32, height: 128 };
    await expect(pipeline.generate("a star", { ...quick, image: grey, mask })).rejects.toThrow(
      /32x128.*64x64/,
    );
  });
});

describe("a run of Pipeline.generate", () => {
  it("reports stages and steps, with previews if asked for", async () => {
    const events: ProgressEvent[] = [];
    // Loads the networks, which would be reported too.
    await pipeline.generate("a star", { ...quick, preview: "linear", onProgress: () => undefined });
    await pipeline.generate("a star", {
      ...quick,
      preview: "linear",
      onProgress: (event) => events.push(event),
    });
    expect(
      events.map((event) =>
        event.type === "step"
          ? `${event.step}/${event.steps}`
          : event.type === "stage"
            ? event.stage
            : event.type,
      ),
    ).toEqual(["encode-prompt", "denoise", "1/2", "2/2", "decode"]);
    const previews = events.flatMap((event) => (event.type === "step" ? (event.previews ?? []) : []));
    expect(previews.map(({ width, height }) => [width, height])).toEqual([
      [8, 8],
      [8, 8],
    ]);
  });

  it("previews the colours of the image", async () => {
    const previews: RgbImage[] = [];
    const { images } = await pipeline.generate("a red apple on a blue background", {
      seed: 0,
      steps: 12,
      preview: "linear",
      onProgress: (event) => void (event.type === "step" && previews.push(...event.previews!)),
    });
    // Channel by channel, the preview rises and falls with the image at an eighth of its size.
    const small = previews.at(-1)!;
    const places = Array.from({ length: 16 * 16 }, (_, i) => [i % 16, Math.floor(i / 16)] as const);
    for (const channel of [0, 1, 2]) {
      const shown = places.map(([x, y]) => pixel(small, x, y)[channel]!);
      const painted = places.map(([x, y]) => pixel(images[0]!, 8 * x + 4, 8 * y + 4)[channel]!);
      expect(correlation(shown, painted)).toBeGreaterThan(0.75);
    }
  });

  it("previews by the tiny autoencoder where there is one, and opens it when it is first needed", async () => {
    let opened = 0;
    const component = openComponent("taesd", folderTree(fixture("tiny-taesd")));
    const taesd = () => {
      opened++;
      return component;
    };
    const own = new Pipeline({ ...components, taesd });
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

  it("decodes by the model's default, and by the VAE where that is not loaded", async () => {
    const taesd = await openComponent("taesd", folderTree(fixture("tiny-taesd")));
    const defaults = { ...components.defaults, decoder: "taesd" } as const;
    const tiny = new Pipeline({ ...components, taesd, defaults });
    const none = new Pipeline({ ...components, defaults });
    expect([tiny, none, pipeline].map((one) => one.defaults.decoder)).toEqual(["taesd", "vae", "vae"]);
    const paint = async (one: Pipeline, options = {}) =>
      (await one.generate("a star", { ...quick, steps: 1, ...options })).images[0]!.data;
    const vae = await paint(pipeline);
    expect(await paint(tiny)).toEqual(await paint(tiny, { decoder: "taesd" }));
    expect(await paint(tiny, { decoder: "vae" })).toEqual(vae);
    expect(await paint(none)).toEqual(vae);
    await Promise.all([tiny.dispose(), none.dispose()]);
  });

  it("is cancelled between steps", async () => {
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

  it("ends with the error of an asynchronous listener", async () => {
    const broken = new Error("listener");
    const run = pipeline.generate("a star", {
      ...quick,
      onProgress: async (event) => {
        if (event.type === "step") throw broken;
      },
    });
    await expect(run).rejects.toBe(broken);
  });

  it("leaves the event loop free while the network computes", async () => {
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

  it("rejects NaN and names the step", async () => {
    const promptEmbeds = {
      dtype: "float32" as const,
      shape: [1, 77, 256],
      data: new Float32Array(77 * 256).fill(Number.NaN),
    };
    const run = pipeline.generate("", { ...quick, promptEmbeds, guidanceScale: 1 });
    await expect(run).rejects.toThrow(/U-Net at step 1 of 2/);
    expect(await codeOf(run)).toBe("PIPELINE_NOT_FINITE");
  });

  it.each<[string, GenerateOptions, string]>([
    ["an unknown scheduler", { scheduler: "warp" }, "SCHEDULER_NAME"],
    ["more layers skipped than there are", { clipSkip: 9 }, "PIPELINE_OPTION"],
    [
      "embeddings of another width",
      { promptEmbeds: { dtype: "float32", shape: [1, 77, 8], data: new Float32Array(616) } },
      "PIPELINE_EMBEDDINGS",
    ],
  ])("rejects %s", async (_, options, code) => {
    expect(await codeOf(pipeline.generate("a star", { ...quick, ...options }))).toBe(code);
  });

  it("rejects a TAESD that is not there before it does anything", async () => {
    for (const options of [{ decoder: "taesd" }, { preview: "taesd" }] as const) {
      const events: string[] = [];
      const onProgress = ({ type }: { readonly type: string }) => void events.push(type);
      expect(await codeOf(pipeline.generate("a star", { ...quick, ...options, onProgress }))).toBe(
        "PIPELINE_OPTION",
      );
      expect(events).toEqual([]);
    }
  });

  it("rejects a prompt of 100,000 characters", async () => {
    expect(await codeOf(pipeline.generate("apple ".repeat(16_667), quick))).toBe("PROMPT_TOO_LONG");
  });

  it("is rejected after disposal", async () => {
    const other = new Pipeline(components);
    await other.dispose();
    expect(await codeOf(other.generate("a star", quick))).toBe("PIPELINE_DISPOSED");
  });
});

function pixel({ width, channels, data }: RgbImage, x: number, y: number): [number, number, number] {
  const at = (y * width + x) * channels;
  return [data[at]!, data[at + 1]!, data[at + 2]!];
}

/** Mean excess of red over the other channels. */
function redness({ data }: RgbImage): number {
  let sum = 0;
  for (let i = 0; i < data.length; i += 3) sum += data[i]! - (data[i + 1]! + data[i + 2]!) / 2;
  return (3 * sum) / data.length;
}

/** Mean absolute difference of two images, of 255. */
function difference(a: RgbImage, b: RgbImage): number {
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length;
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
