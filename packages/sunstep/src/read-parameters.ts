import { parseParameters } from "@sunstep/image";
import type { GenerateOptions } from "./image-generator.js";
import type { NamedScale } from "./parameters-text.js";
import { schedulerOf } from "./sampler-names.js";

/** How a picture was made, as far as its text tells. */
export interface PictureParameters {
  readonly prompt: string;
  /** For `generate`: what is missing is left out, so that defaults apply. */
  readonly options: Pick<
    GenerateOptions,
    | "negativePrompt"
    | "width"
    | "height"
    | "steps"
    | "guidanceScale"
    | "guidanceRescale"
    | "seed"
    | "randomSource"
    | "scheduler"
    | "sun"
    | "sunScale"
    | "clipSkip"
    | "strength"
  >;
  readonly model?: string;
  /** The SUN adapter's name. */
  readonly sun?: string;
  readonly loras: readonly NamedScale[];
}

/** A LoRA as AUTOMATIC1111 has it in the prompt; a second number is the text encoder's scale. */
const loraTag = /<lora:([^:<>]+):(-?[\d.]+)(?::[^<>]*)?>/g;
/** What a name ends with in our own list, which is names and scales with spaces between. */
const loraScale = /:(-?[\d.]+)(?=\s|$)/g;

/**
 * Reads the text that a picture of sunstep or AUTOMATIC1111 carries under "parameters". Never throws: what cannot be
 * understood is left out. Undefined for a text that holds no settings at all.
 */
export function readParameters(text: string): PictureParameters | undefined {
  const { prompt, negativePrompt, settings } = parseParameters(text);
  if (settings.size === 0) return undefined;
  const get = (key: string) => settings.get(key);
  const number = (key: string) => finite(get(key));
  const [, width, height] = /^(\d+)x(\d+)$/.exec(get("Size") ?? "") ?? [];
  const sun = get("SUN");
  const sampler = get("Sampler");
  const clipSkip = number("Clip skip");
  const model = get("Model");
  return {
    prompt: prompt.replace(loraTag, "").trim(),
    options: defined({
      negativePrompt,
      width: finite(width),
      height: finite(height),
      steps: number("Steps"),
      guidanceScale: sun === undefined ? number("CFG scale") : undefined,
      guidanceRescale: number("CFG rescale"),
      seed: seedOf(get("Seed")),
      // Where this is missing, AUTOMATIC1111 means its default, the GPU.
      randomSource: get("RNG") === "CPU" ? "cpu" : "cuda",
      scheduler: sampler === undefined ? undefined : schedulerOf(sampler, get("Schedule type")),
      sun: sun !== undefined,
      sunScale: number("SUN scale"),
      clipSkip: clipSkip === undefined ? undefined : Math.max(0, clipSkip - 1),
      strength: number("Denoising strength"),
    }),
    ...(model !== undefined && { model }),
    ...(sun !== undefined && { sun }),
    loras: [...listedLoras(get("LoRA") ?? ""), ...taggedLoras(prompt)].filter(({ scale }) =>
      Number.isFinite(scale),
    ),
  };
}

/** "Ink Wash:0.8 style:-1". */
function listedLoras(text: string): NamedScale[] {
  let begin = 0;
  return [...text.matchAll(loraScale)].map(({ 0: match, 1: scale, index }) => {
    const name = text.slice(begin, index).trim();
    begin = index + match.length;
    return { name, scale: Number(scale) };
  });
}

function taggedLoras(prompt: string): NamedScale[] {
  return [...prompt.matchAll(loraTag)].map(([, name, scale]) => ({ name: name!, scale: Number(scale) }));
}

function seedOf(text: string | undefined): number | bigint | undefined {
  if (text === undefined || !/^-?\d+$/.test(text)) return undefined;
  const seed = Number(text);
  return Number.isSafeInteger(seed) ? seed : BigInt(text);
}

function finite(text: string | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || text.trim() === "" || !Number.isFinite(value) ? undefined : value;
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
