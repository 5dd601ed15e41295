import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sun } from "@sunstep/accelerations";
import { adaptableWeights, openCheckpoint, openComponent, openSafetensors } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { decodeImage, type RgbImage } from "@sunstep/image";
import { readLora } from "@sunstep/lora";
import {
  type GenerateOptions,
  loraAdapter,
  openTextEncoders,
  Pipeline,
  type PipelineComponents,
} from "@sunstep/pipeline";
import type { SchedulerConfig } from "@sunstep/scheduler";
import { readSunAdapter } from "@sunstep/sun-adapter";
import { type Tensor, tensor } from "@sunstep/tensor";
import { allclose, type GoldenTensor, type KindChecker, readSafetensors } from "@sunstep/testing";
import { runtime } from "../session.js";

/** The recipe that the generator writes beside each run's tensors. */
interface Recipe {
  readonly pipeline: string;
  readonly what: string;
  readonly seeds: readonly string[];
  readonly generator_per_image: boolean;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly scheduler: SchedulerConfig;
  readonly timesteps: readonly number[];
  readonly files: { readonly image?: string; readonly mask_image?: string };
}

interface PipelineCase {
  readonly recipe: string;
  readonly file: string;
  readonly images: readonly string[];
  readonly latentsAtol: number;
  readonly imageAtol: number;
}

/** Length of one chunk of an encoded prompt. */
const CHUNK = 77;

/** Whole runs: latents after each step, and the images. */
export const kind: KindChecker = {
  kind: "pipeline",
  async check(testCase, dir) {
    const { recipe: path, file, images, latentsAtol, imageAtol } = testCase as unknown as PipelineCase;
    const recipe = JSON.parse(await readFile(join(dir, path), "utf8")) as Recipe;
    const golden = readSafetensors(join(dir, file));
    const { components, networks } = await modelOf(recipe, path, dir);
    const pipeline = new Pipeline(components);
    try {
      const steps: Float32Array[] = [];
      const { prompt = "", ...options } = await optionsOf(recipe, path, golden, dir);
      const result = await pipeline.generate(prompt, {
        ...options,
        ...networks,
        onProgress: (event) => void (event.type === "step" && steps.push(event.latents.slice())),
      });
      expectClose("timesteps", result.timesteps, recipe.timesteps, 1e-3);
      const latents = golden.get("latents")!.data as Float32Array;
      const size = latents.length / steps.length;
      for (const [i, actual] of steps.entries()) {
        expectClose(
          `latents after step ${i + 1}`,
          actual,
          latents.subarray(i * size, (i + 1) * size),
          latentsAtol,
        );
      }
      const pixels = golden.get("image")!.data as Float32Array;
      expectClose("image", result.images.flatMap(planes), pixels, imageAtol);
      for (const [i, name] of images.entries()) {
        const expected = decodeImage(await readFile(join(dir, name)));
        expectClose(name, result.images[i]!.data, expected.data, 1);
      }
    } finally {
      await pipeline.dispose();
    }
  },
};

function expectClose(
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  atol: number,
): void {
  const { pass, message } = allclose(actual, expected, { atol });
  if (!pass) throw new Error(`${what}: ${message}`);
}

/** The components of a run, and the adapters that its request brings. */
interface Model {
  readonly components: PipelineComponents;
  readonly networks: Pick<GenerateOptions, "adapters" | "acceleration">;
}

/** Derives a run's components from its name and description, since recipes do not name the model. */
async function modelOf({ what }: Recipe, path: string, dir: string): Promise<Model> {
  const name = path.replace(/^.*\//, "");
  const model = /tiny-sd21/.test(what) ? "tiny-sd21" : "tiny-sd15";
  const checkpoint = await openCheckpoint(await folderTree(join(dir, model)));
  const open = async (file: string) => openSafetensors(await fileSource(join(dir, file)));
  const adapter = name.startsWith("sun_")
    ? readSunAdapter(await open(`sun/${model}_${/plain/.test(name) ? "plain" : "addpos"}.safetensors`))
    : undefined;
  const norm = /per-sample norm/.test(what) ? "sample" : "batch";
  const [, loraFile, scale] = /(lora\/[\w.-]+\.safetensors) at ([\d.]+)/.exec(what) ?? [];
  const lora = loraFile && (await readLora(await open(loraFile), adaptableWeights(checkpoint)));
  return {
    components: {
      ...checkpoint,
      runtime: await runtime(),
      textEncoders: await openTextEncoders(checkpoint),
      ...(/9-channel/.test(what) && {
        unet: await openComponent("unet", await folderTree(join(dir, "tiny-inpaint/unet"))),
      }),
    },
    networks: {
      ...(adapter && { acceleration: sun(adapter, { norm }) }),
      ...(lora && { adapters: [loraAdapter({ lora, scale: Number(scale) })] }),
    },
  };
}

type Options = GenerateOptions & { readonly prompt?: string | readonly string[] };

async function optionsOf(
  recipe: Recipe,
  path: string,
  golden: ReadonlyMap<string, GoldenTensor>,
  dir: string,
): Promise<Options> {
  const { arguments: given, scheduler, files } = recipe;
  const image = async (name: string): Promise<RgbImage> =>
    decodeImage(await readFile(join(dir, dirname(path), name)));
  const seeds = recipe.seeds.map(BigInt);
  const renamed: Record<string, string> = {
    negative_prompt: "negativePrompt",
    num_inference_steps: "steps",
    guidance_scale: "guidanceScale",
    guidance_rescale: "guidanceRescale",
    num_images_per_prompt: "imagesPerPrompt",
  };
  // diffusers hands eta on to the schedulers that know it, and drops it otherwise.
  const takesEta = ["DDIMScheduler", "TCDScheduler"].includes(String(scheduler.class));
  const used = Object.entries(given).filter(([key]) => key !== "eta" || takesEta);
  return {
    ...Object.fromEntries(used.map(([key, value]) => [renamed[key] ?? key, value])),
    ...embeddingsOf(golden, path),
    scheduler,
    promptSyntax: "plain",
    seed: recipe.generator_per_image ? seeds : seeds[0]!,
    ...(files.image && { image: await image(files.image) }),
    ...(files.mask_image && { mask: await image(files.mask_image), maskReduction: "nearest" as const }),
  };
}

/** SUN's encoded prompts hold the positive tokens and then one chunk of negative ones. */
function embeddingsOf(golden: ReadonlyMap<string, GoldenTensor>, path: string): GenerateOptions {
  const promptEmbeds = golden.get("in.prompt_embeds");
  const negative = golden.get("in.negative_prompt_embeds");
  if (!promptEmbeds) return {};
  if (negative) return { promptEmbeds: asTensor(promptEmbeds), negativePromptEmbeds: asTensor(negative) };
  if (!/\/sun_/.test(`/${path}`)) return { promptEmbeds: asTensor(promptEmbeds) };
  const tokens = promptEmbeds.shape[1]!;
  return {
    promptEmbeds: sliceTokens(promptEmbeds, 0, tokens - CHUNK),
    negativePromptEmbeds: sliceTokens(promptEmbeds, tokens - CHUNK, tokens),
  };
}

function asTensor({ data, shape }: GoldenTensor): Tensor<"float32"> {
  return tensor(data as Float32Array, shape);
}

function sliceTokens({ data, shape }: GoldenTensor, from: number, to: number): Tensor<"float32"> {
  const [batch = 1, tokens = 0, width = 0] = shape;
  const result = new Float32Array(batch * (to - from) * width);
  for (let i = 0; i < batch; i++) {
    const start = i * tokens * width;
    result.set(
      (data as Float32Array).subarray(start + from * width, start + to * width),
      i * (to - from) * width,
    );
  }
  return tensor(result, [batch, to - from, width]);
}

/** [3, height, width] in 0 to 1. */
function planes({ width, height, data }: RgbImage): number[] {
  return Array.from(
    { length: 3 * width * height },
    (_, i) => data[(i % (width * height)) * 3 + Math.floor(i / (width * height))]! / 255,
  );
}
