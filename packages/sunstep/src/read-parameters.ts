import { parseParameters } from "@sunstep/image";
import type { NamedScale } from "./parameters-text.js";
import { schedulerOf } from "./sampler-names.js";
import { type GenerateOptions, readSunParameters, type SunParameters } from "./sun-model.js";
import { defined, finite } from "./text-values.js";

/** How an image was made, as far as its text tells. */
export interface ImageParameters extends SunParameters {
  readonly prompt: string;
  /** For `generate`: missing settings are left out, so that defaults apply. */
  readonly options: SunParameters["options"] &
    Pick<
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
      | "clipSkip"
      | "strength"
    >;
  readonly model?: string;
  readonly loras: readonly NamedScale[];
}

/** A LoRA in a prompt of AUTOMATIC1111; a second number is the text encoder's scale. */
const loraTag = /<lora:([^:<>]+):(-?[\d.]+)(?::[^<>]*)?>/g;
/** The end of a name in our own list, which is names and scales with spaces between. */
const loraScale = /:(-?[\d.]+)(?=\s|$)/g;

/**
 * Reads the text that an image of sunstep or AUTOMATIC1111 carries under "parameters". Never throws: settings that it does
 * not understand are left out. Returns undefined for a text without settings.
 */
export function readParameters(text: string): ImageParameters | undefined {
  const { prompt, negativePrompt, settings } = parseParameters(text);
  if (settings.size === 0) return undefined;
  const get = (key: string) => settings.get(key);
  const number = (key: string) => finite(get(key));
  const [, width, height] = /^(\d+)x(\d+)$/.exec(get("Size") ?? "") ?? [];
  const sun = readSunParameters(settings);
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
      guidanceScale: sun.options.sun ? undefined : number("CFG scale"),
      guidanceRescale: number("CFG rescale"),
      seed: seedOf(get("Seed")),
      // Where this is missing, AUTOMATIC1111 means its default, the GPU.
      randomSource: get("RNG") === "CPU" ? "cpu" : "cuda",
      scheduler: sampler === undefined ? undefined : schedulerOf(sampler, get("Schedule type")),
      ...sun.options,
      clipSkip: clipSkip === undefined ? undefined : Math.max(0, clipSkip - 1),
      strength: number("Denoising strength"),
    }),
    ...(model !== undefined && { model }),
    ...(sun.sun !== undefined && { sun: sun.sun }),
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
