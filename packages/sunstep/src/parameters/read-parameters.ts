import { type FewStepMethod, negativeOfSettings, negativeSettings } from "@sunstep/accelerations";
import type { Architecture } from "@sunstep/checkpoint";
import type { SunstepWarning } from "@sunstep/errors";
import type { Parameters as TextParameters } from "@sunstep/image";
import type { AttentionMode, Dtype } from "@sunstep/pipeline";
import { type PromptDirective, promptDirectives } from "@sunstep/tokenizer";
import { methodNamed } from "../adapters/open-acceleration.js";
import { sunstepWarning } from "../errors.js";
import type { GenerateOptions } from "../model-options.js";
import { firstClipSkip } from "./clip-skip.js";
import { hiresSettings, readHires } from "./hires-parameters.js";
import type { NamedScale } from "./parameters-text.js";
import { samplerOf, schedulerOf } from "./sampler-names.js";
import { defined, finite } from "./text-values.js";
import { readXlSettings, type XlOptions, xlSettings } from "./xl-parameters.js";

/** How an image was made, as far as its text tells. */
export interface PlainParameters {
  readonly prompt: string;
  /** For `generate`: missing settings are left out, so that defaults apply. */
  readonly options: Pick<
    GenerateOptions,
    | "negativePrompt"
    | "negative"
    | "width"
    | "height"
    | "steps"
    | "guidanceScale"
    | "guidanceRescale"
    | "seed"
    | "randomSource"
    | "scheduler"
    | "acceleration"
    | "clipSkip"
    | "strength"
    | "hires"
    | keyof XlOptions
  >;
  readonly model?: string;
  /** `dtype` of `fromPretrained`, if it was another than the default. */
  readonly dtype?: Dtype;
  /** `attention` of `fromPretrained`, if it was another than the default. */
  readonly attention?: AttentionMode;
  readonly loras: readonly NamedScale[];
  /** Settings of the text that are left out, or read as another. */
  readonly warnings: readonly SunstepWarning[];
}

/** Settings that are read, some of them by methods, and the form of their values. */
const number = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const read: Readonly<Record<string, RegExp>> = {
  Steps: number,
  "CFG scale": number,
  "CFG rescale": number,
  "Clip skip": number,
  "Denoising strength": number,
  "SUN scale": number,
  Seed: /^-?\d+$/,
  Size: /^\d+x\d+$/,
  RNG: /^(CPU|GPU|NV)$/,
  Precision: /^int8$/,
  Attention: /^downsampled$/,
  ...hiresSettings,
  ...xlSettings,
  ...negativeSettings,
  // Their values have warnings of their own, or may be anything.
  ...Object.fromEntries(
    ["Sampler", "Schedule type", "Model", "LoRA", "SUN", "Acceleration", "Acceleration file"].map((name) => [
      name,
      /(?:)/,
    ]),
  ),
};
/** Settings that do not change an image: hashes of files, and who made it. */
const withoutEffect = /hash(es)?$|^(Version|User|Created Date|Civitai (resources|metadata))$/i;

/** The end of a name in our own list, which is names and scales with spaces between; of two, the text encoder's is first. */
const loraScale = /(?::(-?[\d.]+))?:(-?[\d.]+)(?=\s|$)/g;

/** Reads the settings that every method has, from the text of an image. */
export function plainParameters(
  { prompt, negativePrompt, settings }: TextParameters,
  architecture?: Architecture,
): PlainParameters {
  const get = (key: string) => settings.get(key);
  const number = (key: string) => finite(get(key));
  const [, width, height] = /^(\d+)x(\d+)$/.exec(get("Size") ?? "") ?? [];
  const sampler = get("Sampler");
  const clipSkip = number("Clip skip");
  const model = get("Model");
  const tagged = promptDirectives(prompt);
  const acceleration = methodNamed(get("Acceleration"));
  const isMethods = sampler !== undefined && acceleration && sampler === methodSampler(acceleration);
  // The scheduler of a few-step method comes with the method, and with its timesteps.
  const found = sampler === undefined || isMethods ? undefined : schedulerOf(sampler, get("Schedule type"));
  const second = readHires(settings);
  return {
    prompt: tagged.prompt.trim(),
    options: defined({
      // No text tells an empty negative prompt from one that is left out; AUTOMATIC1111 takes both for the latter.
      negativePrompt: negativePrompt === "" ? undefined : negativePrompt,
      negative: readerOf(negativePrompt, settings),
      width: finite(width),
      height: finite(height),
      steps: number("Steps"),
      guidanceScale: number("CFG scale"),
      guidanceRescale: number("CFG rescale"),
      seed: seedOf(get("Seed")),
      // Where this is missing, AUTOMATIC1111 means its default, the GPU.
      randomSource: get("RNG") === "CPU" ? "cpu" : "cuda",
      scheduler: found?.scheduler,
      acceleration: acceleration?.name,
      clipSkip: clipSkip === undefined ? undefined : Math.max(0, clipSkip - firstClipSkip(architecture)),
      ...(second ? { hires: second.hires } : { strength: number("Denoising strength") }),
      ...readXlSettings(settings),
    }),
    ...(model !== undefined && { model }),
    ...(get("Precision") === "int8" && { dtype: "int8" }),
    ...(get("Attention") === "downsampled" && { attention: "downsampled" }),
    loras: [...listedLoras(get("LoRA") ?? ""), ...taggedLoras(tagged.directives)].filter(
      ({ scale, textEncoderScale = 0 }) => Number.isFinite(scale) && Number.isFinite(textEncoderScale),
    ),
    warnings: [...(found?.warnings ?? []), ...(second?.warnings ?? []), ...unreadSettings(settings)],
  };
}

/** Other programs have no effect of negative prompts without guidance. */
function readerOf(
  negativePrompt: string,
  settings: ReadonlyMap<string, string>,
): PlainParameters["options"]["negative"] {
  const found = negativeOfSettings(settings);
  if (found !== undefined && found !== "none") return found;
  const isGuided = !((finite(settings.get("CFG scale")) ?? 7) <= 1);
  return found === undefined && (isGuided || negativePrompt === "") ? undefined : "guidance";
}

/** The name under which the text has a method's own scheduler. */
function methodSampler({ settings }: FewStepMethod): string {
  return samplerOf(undefined, settings({}).scheduler.className).sampler;
}

function unreadSettings(settings: ReadonlyMap<string, string>): readonly SunstepWarning[] {
  const unread = [...settings].filter(([name, value]) =>
    Object.hasOwn(read, name) ? !read[name]!.test(value.trim()) : !withoutEffect.test(name),
  );
  if (unread.length === 0) return [];
  const list = unread.slice(0, 10).map(([name, value]) => `${name}: ${value.slice(0, 40)}`);
  return [
    sunstepWarning(
      "PARAMETERS_UNKNOWN",
      `an image's text has settings that are not known here and are left out, so that an image will differ: ${list.join(", ")}`,
      { settings: unread.map(([name]) => name) },
    ),
  ];
}

/** "Ink Wash:0.8 style:1:-1". */
function listedLoras(text: string): NamedScale[] {
  let begin = 0;
  return [...text.matchAll(loraScale)].map(({ 0: match, 1: textEncoderScale, 2: scale, index }) => {
    const name = text.slice(begin, index).trim();
    begin = index + match.length;
    return namedScale(name, Number(scale), Number(textEncoderScale ?? scale));
  });
}

function taggedLoras(directives: readonly PromptDirective[]): NamedScale[] {
  return directives.flatMap((one) =>
    one.kind === "lora" ? [namedScale(one.name, one.unetScale, one.textEncoderScale)] : [],
  );
}

function namedScale(name: string, scale: number, textEncoderScale: number): NamedScale {
  return { name, scale, ...(textEncoderScale !== scale && { textEncoderScale }) };
}

function seedOf(text: string | undefined): number | bigint | undefined {
  if (text === undefined || !/^-?\d+$/.test(text)) return undefined;
  const seed = Number(text);
  return Number.isSafeInteger(seed) ? seed : BigInt(text);
}
