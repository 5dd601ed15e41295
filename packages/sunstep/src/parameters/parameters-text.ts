import { unreadNegative } from "@sunstep/accelerations";
import type { Architecture } from "@sunstep/checkpoint";
import { formatParameters } from "@sunstep/image";
import type { GenerateResult, Request, ResolvedControl } from "@sunstep/pipeline";
import { firstClipSkip } from "./clip-skip.js";
import { hiresEntries } from "./hires-parameters.js";
import { samplerOf } from "./sampler-names.js";
import { xlEntries } from "./xl-parameters.js";

/** An adapter as it appears in the text. */
export interface NamedScale {
  readonly name: string;
  readonly scale: number;
  /** Scale of the text encoders' part, where it is another. */
  readonly textEncoderScale?: number;
}

/** Entries of the text beside the request. */
export interface TextOrigin {
  readonly model: string;
  readonly architecture: Architecture;
  /** The prompts as they were given, tags of LoRAs included. */
  readonly prompts: readonly string[];
  /** Those that no tag names. */
  readonly loras: readonly NamedScale[];
  /** The version of sunstep. */
  readonly version: string;
}

/** Writes how image `index` of a run was made, in AUTOMATIC1111's text form. */
export function parametersText(
  {
    request,
    scheduler,
    dtype,
    attention,
  }: Pick<GenerateResult, "request" | "scheduler" | "dtype" | "attention">,
  index: number,
  { model, architecture, prompts, loras, version }: TextOrigin,
): string {
  const { acceleration, schedulerName } = request;
  const prompt = Math.floor(index / request.imagesPerPrompt);
  const { sampler, scheduleType } = samplerOf(schedulerName, scheduler);
  const settings: [string, unknown][] = [["Steps", request.steps]];
  settings.push(["Sampler", sampler]);
  if (scheduleType !== undefined) settings.push(["Schedule type", scheduleType]);
  settings.push(
    // 1 is AUTOMATIC1111's spelling of no guidance.
    ["CFG scale", Math.max(1, request.guidanceScale)],
    ["Seed", request.seeds[index]],
    ["Size", `${request.width}x${request.height}`],
    ["Model", model],
  );
  settings.push(...hiresEntries(request).map(([key, value]): [string, unknown] => [key, value]));
  if (request.image) settings.push(["Denoising strength", request.strength]);
  if (request.clipSkip > 0) settings.push(["Clip skip", request.clipSkip + firstClipSkip(architecture)]);
  // Where this is missing, AUTOMATIC1111 means its default, the GPU.
  if (request.randomSource === "cpu") settings.push(["RNG", "CPU"]);
  if (dtype !== "float32") settings.push(["Precision", dtype]);
  if (attention !== "exact") settings.push(["Attention", attention]);
  if (request.guidanceRescale > 0) settings.push(["CFG rescale", request.guidanceRescale]);
  settings.push(...Object.entries(acceleration?.parameters?.(request) ?? {}));
  settings.push(...Object.entries(negativeEntries(request, prompt)));
  settings.push(...xlEntries(request, prompt).map(([key, value]): [string, unknown] => [key, value]));
  if (loras.length > 0) settings.push(["LoRA", loras.map(loraText).join(" ")]);
  for (const [i, control] of (request.controls ?? []).entries())
    settings.push([`ControlNet ${i}`, controlText(control, request.guessMode)]);
  settings.push(["Version", `sunstep ${version}`]);
  return formatParameters({
    prompt: prompts[prompt] ?? "",
    negativePrompt: request.negativePrompts[prompt] ?? "",
    settings: new Map(settings.map(([key, value]) => [key, String(value)])),
  });
}

/** The method that read the negative prompt of `prompt`, or the fact that nothing did. */
function negativeEntries(
  { negative, negativePrompts, negativePrompts2 = [], guidance, acceleration }: Request,
  prompt: number,
): Readonly<Record<string, string | number>> {
  const isEmpty = !negativePrompts[prompt] && !negativePrompts2[prompt];
  if (negative) return isEmpty && !negative.readsEmpty ? {} : (negative.method.parameters?.() ?? {});
  return isEmpty || guidance.readsNegative || acceleration?.readsNegative ? {} : unreadNegative;
}

/** As the ControlNet extension of AUTOMATIC1111 writes it. */
function controlText({ name, scale, start, end }: ResolvedControl, guessMode: boolean): string {
  const mode = guessMode ? "ControlNet is more important" : "Balanced";
  return `Module: none, Model: ${name}, Weight: ${scale}, Guidance Start: ${start}, Guidance End: ${end}, Control Mode: ${mode}`;
}

/** As in a tag, the text encoder's scale comes first: "ink:0.5", "ink:1:0.5". */
function loraText({ name, scale, textEncoderScale }: NamedScale): string {
  return [name, ...(textEncoderScale === undefined ? [] : [textEncoderScale]), scale].join(":");
}
