import type { Parameters as TextParameters } from "@sunstep/image";
import type { GenerateOptions } from "./loaded-model.js";
import type { NamedScale } from "./parameters-text.js";
import { schedulerOf } from "./sampler-names.js";
import { defined, finite } from "./text-values.js";

/** How an image was made, as far as its text tells. */
export interface PlainParameters {
  readonly prompt: string;
  /** For `generate`: missing settings are left out, so that defaults apply. */
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

/** Reads the settings that every method has, from the text of an image. */
export function plainParameters({ prompt, negativePrompt, settings }: TextParameters): PlainParameters {
  const get = (key: string) => settings.get(key);
  const number = (key: string) => finite(get(key));
  const [, width, height] = /^(\d+)x(\d+)$/.exec(get("Size") ?? "") ?? [];
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
      guidanceScale: number("CFG scale"),
      guidanceRescale: number("CFG rescale"),
      seed: seedOf(get("Seed")),
      // Where this is missing, AUTOMATIC1111 means its default, the GPU.
      randomSource: get("RNG") === "CPU" ? "cpu" : "cuda",
      scheduler: sampler === undefined ? undefined : schedulerOf(sampler, get("Schedule type")),
      clipSkip: clipSkip === undefined ? undefined : Math.max(0, clipSkip - 1),
      strength: number("Denoising strength"),
    }),
    ...(model !== undefined && { model }),
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
