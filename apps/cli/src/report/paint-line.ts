import { randomInt } from "node:crypto";
import { formatSeconds, type OptionValues } from "@sunstep/command-line";
import {
  type GeneratedImage,
  type GenerateOptions,
  type GenerateResult,
  loadImage,
  type StableDiffusion,
} from "sunstep";
import type { CommandContext } from "../command.js";
import { controlOptions } from "../options/control-option.js";
import { hiresRequest } from "../options/hires-options.js";
import { readNegativeMethod } from "../options/negative-method.js";
import type { runOptions } from "../options/options.js";
import { outputPath } from "../options/output-path.js";
import { sunScale } from "../options/sun-options.js";
import { readVaeTiling } from "../options/vae-tiling.js";
import { xlRequest } from "../options/xl-options.js";
import type { PromptLine } from "../prompts-file.js";
import { showRun } from "./show-progress.js";

interface PaintContext extends CommandContext {
  readonly json: boolean;
  /** Milliseconds spent on loading the model; 0 for all lines but the first. */
  readonly loadTime: number;
}

/** The seed that means a random one in AUTOMATIC1111 and its kin. */
const RANDOM_SEED = -1n;

/** Makes the images of one prompt one by one, and writes each as soon as it is done. */
export async function paintLine(
  model: StableDiffusion,
  line: PromptLine,
  context: PaintContext,
): Promise<void> {
  const { console, signal, json, loadTime } = context;
  const { prompt, values } = line;
  const { count = 1, out } = values;
  const seed =
    values.seed === undefined || values.seed === RANDOM_SEED ? BigInt(randomInt(2 ** 32)) : values.seed;
  const options = {
    ...(await generateOptions(values)),
    ...(await controlOptions(model, values, signal)),
  };
  for (let index = 0; index < count; index++) {
    const onProgress = showRun(console, count > 1 ? `image ${index + 1}/${count}: ` : "");
    const result = await model.generate(prompt, {
      ...options,
      seed: seed + BigInt(index),
      signal,
      onProgress,
    });
    const image = result.images[0]!;
    const path = outputPath({ out, prompt, index, count });
    const started = performance.now();
    await image.save(path);
    const times = {
      ...result.timings,
      load: result.timings.load + (index === 0 ? loadTime : 0),
      write: performance.now() - started,
    };
    const report = { path, prompt, model: model.model, ...summary(image, result), milliseconds: times };
    console.result(json ? JSON.stringify(report) : describe(report));
  }
}

function summary(
  { width, height, seed, parameters }: GeneratedImage,
  { scheduler, request, evaluations }: GenerateResult,
) {
  const safe = Number.isSafeInteger(Number(seed)) ? Number(seed) : String(seed);
  return { width, height, seed: safe, scheduler, steps: request.steps, evaluations, parameters };
}

interface ImageReport extends ReturnType<typeof summary> {
  readonly path: string;
  readonly milliseconds: Readonly<Record<string, number>>;
}

function describe({ path, width, height, seed, steps, milliseconds }: ImageReport): string {
  const total = Object.values(milliseconds).reduce((sum, time) => sum + time, 0);
  const stages = Object.entries(milliseconds)
    .filter(([, time]) => time > 0)
    .map(([stage, time]) => `${stage} ${formatSeconds(time)}`);
  return `${path}  ${width}x${height}, seed ${seed}, ${steps} steps, ${formatSeconds(total)} (${stages.join(", ")})`;
}

async function generateOptions(values: OptionValues<typeof runOptions>): Promise<GenerateOptions> {
  const { negative, steps, guidance, scheduler, size, image, mask, strength, decoder, random } = values;
  const { "clip-skip": clipSkip, "negative-method": method, "vae-tiling": tiling } = values;
  return {
    ...(negative !== undefined && { negativePrompt: negative }),
    ...(method !== undefined && { negative: readNegativeMethod(method) }),
    ...(steps !== undefined && { steps }),
    ...(guidance !== undefined && { guidanceScale: guidance }),
    ...(scheduler !== undefined && { scheduler }),
    ...size,
    ...(image !== undefined && { image: await loadImage(image) }),
    ...(mask !== undefined && { mask: await loadImage(mask) }),
    ...(strength !== undefined && { strength }),
    ...sunScale(values),
    ...hiresRequest(values),
    ...xlRequest(values),
    ...(clipSkip !== undefined && { clipSkip }),
    ...(random !== undefined && { randomSource: random as "cpu" | "cuda" }),
    ...(decoder !== undefined && { decoder: decoder as "vae" | "taesd" }),
    ...(tiling !== undefined && { vaeTiling: readVaeTiling(tiling) }),
  };
}
