import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { decodeImage, type RgbImage } from "@sunstep/image";
import { type GenerateOptions, Pipeline, type PromptSyntax } from "@sunstep/pipeline";
import type { SchedulerConfig } from "@sunstep/scheduler";
import { type Tensor, tensor } from "@sunstep/tensor";
import { allclose, type GoldenTensor, type KindChecker, readSafetensors } from "@sunstep/testing";
import { type Assembled, assemble, type Parts, partsByName } from "../assemble.js";

/** The recipe that the generator writes beside each run's tensors. */
interface Recipe {
  readonly pipeline: string;
  readonly what: string;
  /** Absent in recipes of the first set, whose names and descriptions tell the components. */
  readonly parts?: Parts;
  readonly prompt_syntax?: PromptSyntax;
  readonly seeds: readonly string[];
  readonly generator_per_image: boolean;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly scheduler: SchedulerConfig;
  readonly timesteps: readonly number[];
  readonly files: {
    readonly image?: string;
    readonly mask_image?: string;
    /** One for each ControlNet. */
    readonly control_image?: readonly string[];
  };
}

interface PipelineCase {
  readonly recipe: string;
  readonly file: string;
  readonly images: readonly string[];
  readonly latentsAtol: number;
  /** Tolerance of the images as floats, where the file has them. */
  readonly imageAtol?: number;
  /** Tolerance of the PNG files, in steps of 1 / 255. Default: 1. */
  readonly pixelAtol?: number;
  /** Goes over the recipe's. */
  readonly parts?: Partial<Parts>;
}

/** Length of one chunk of an encoded prompt. */
const CHUNK = 77;

/** Whole runs: latents after each step, and the images. */
export const kind: KindChecker = {
  kind: "pipeline",
  async check(testCase, dir) {
    const given = testCase as unknown as PipelineCase;
    const { recipe: path, file, images, latentsAtol, imageAtol = 0, pixelAtol = 1 } = given;
    const recipe = JSON.parse(await readFile(join(dir, path), "utf8")) as Recipe;
    const golden = readSafetensors(join(dir, file));
    const parts = { ...(recipe.parts ?? partsByName(path, recipe.what)), ...given.parts };
    const { components, networks, controlnets } = await assemble(parts, dir);
    const pipeline = new Pipeline(components);
    try {
      const steps: Float32Array[] = [];
      const { prompt = "", ...options } = await optionsOf(recipe, path, golden, dir, parts);
      const result = await pipeline.generate(prompt, {
        ...options,
        ...networks,
        ...(await controlsOf(recipe, controlnets, join(dir, dirname(path)))),
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
      const pixels = golden.get("image")?.data as Float32Array | undefined;
      if (pixels) expectClose("image", result.images.flatMap(planes), pixels, imageAtol);
      for (const [i, name] of images.entries()) {
        const expected = decodeImage(await readFile(join(dir, name)));
        expectClose(name, result.images[i]!.data, expected.data, pixelAtol);
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

type Options = GenerateOptions & { readonly prompt?: string | readonly string[] };

interface Argument {
  readonly name: keyof GenerateOptions;
  readonly read?: (value: unknown) => unknown;
}

const size = (value: unknown) => {
  const [height, width] = value as readonly number[];
  return { height, width };
};
const crop = (value: unknown) => {
  const [top, left] = value as readonly number[];
  return { top, left };
};

/** diffusers' arguments that have other names or forms here. */
const argumentsOf: Readonly<Record<string, Argument>> = {
  clip_skip: { name: "clipSkip" },
  crops_coords_top_left: { name: "cropTopLeft", read: crop },
  original_inference_steps: {
    name: "schedulerOptions",
    read: (originalInferenceSteps) => ({ originalInferenceSteps }),
  },
  guidance_rescale: { name: "guidanceRescale" },
  guidance_scale: { name: "guidanceScale" },
  negative_crops_coords_top_left: { name: "negativeCropTopLeft", read: crop },
  negative_original_size: { name: "negativeOriginalSize", read: size },
  negative_prompt: { name: "negativePrompt" },
  negative_prompt_2: { name: "negativePrompt2" },
  negative_target_size: { name: "negativeTargetSize", read: size },
  num_images_per_prompt: { name: "imagesPerPrompt" },
  num_inference_steps: { name: "steps" },
  original_size: { name: "originalSize", read: size },
  prompt_2: { name: "prompt2" },
  target_size: { name: "targetSize", read: size },
};

async function optionsOf(
  recipe: Recipe,
  path: string,
  golden: ReadonlyMap<string, GoldenTensor>,
  dir: string,
  parts: Parts,
): Promise<Options> {
  const { arguments: given, scheduler, files } = recipe;
  const image = async (name: string): Promise<RgbImage> =>
    decodeImage(await readFile(join(dir, dirname(path), name)));
  const seeds = recipe.seeds.map(BigInt);
  // diffusers hands eta on to the schedulers that know it, and drops it otherwise.
  const takesEta = ["DDIMScheduler", "TCDScheduler"].includes(String(scheduler.class));
  const used = Object.entries(given).filter(
    ([key]) => (key !== "eta" || takesEta) && !/^(control|guess_mode)/.test(key),
  );
  const startsFromImage = files.image && !recipe.pipeline.endsWith("ControlNetPipeline");
  return {
    ...Object.fromEntries(
      used.map(([key, value]) => {
        const { name = key, read = (it: unknown) => it } = argumentsOf[key] ?? {};
        return [name, read(value)];
      }),
    ),
    ...embeddingsOf(golden, parts.sun !== undefined),
    scheduler,
    promptSyntax: recipe.prompt_syntax ?? "plain",
    seed: recipe.generator_per_image ? seeds : seeds[0]!,
    ...(startsFromImage && { image: await image(files.image!) }),
    ...(files.mask_image && { mask: await image(files.mask_image), maskReduction: "nearest" as const }),
  };
}

/** diffusers' arguments of ControlNets: one value, or a list with one for each. */
async function controlsOf(
  { arguments: given, files }: Recipe,
  controlnets: Assembled["controlnets"],
  folder: string,
): Promise<GenerateOptions> {
  if (controlnets.length === 0) return {};
  // Recipes of the first set name the control image of a pipeline without another one as its image.
  const names = files.control_image ?? [files.image!];
  const each = (argument: string, fallback: number, i: number) => {
    const value = given[argument] ?? fallback;
    return Number(Array.isArray(value) ? value[i] : value);
  };
  const controls = controlnets.map(async (controlnet, i) => ({
    controlnet,
    image: decodeImage(await readFile(join(folder, names[i]!))),
    scale: each("controlnet_conditioning_scale", 1, i),
    start: each("control_guidance_start", 0, i),
    end: each("control_guidance_end", 1, i),
  }));
  return { controls: await Promise.all(controls), guessMode: given.guess_mode === true };
}

/** SUN's encoded prompts hold the positive tokens and then one chunk of negative ones. */
function embeddingsOf(golden: ReadonlyMap<string, GoldenTensor>, isSun: boolean): GenerateOptions {
  const promptEmbeds = golden.get("in.prompt_embeds");
  const negative = golden.get("in.negative_prompt_embeds");
  if (!promptEmbeds) return {};
  if (negative) return { promptEmbeds: asTensor(promptEmbeds), negativePromptEmbeds: asTensor(negative) };
  if (!isSun) return { promptEmbeds: asTensor(promptEmbeds) };
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
