import { formatParameters } from "@sunstep/image";
import type { GenerateResult } from "@sunstep/pipeline";
import { samplerOf } from "./sampler-names.js";

/** An adapter as it appears in the text. */
export interface NamedScale {
  readonly name: string;
  readonly scale: number;
}

export interface TextOrigin {
  readonly model: string;
  /** The scheduler's name, if it was asked for by one. */
  readonly schedulerName: string | undefined;
  readonly sun: string | undefined;
  readonly loras: readonly NamedScale[];
  /** Whether the run started from a picture. */
  readonly fromImage: boolean;
  readonly version: string;
}

/** How picture `index` of a run was made, as AUTOMATIC1111 writes it. */
export function parametersText(
  { request, scheduler }: Pick<GenerateResult, "request" | "scheduler">,
  index: number,
  { model, schedulerName, sun, loras, fromImage, version }: TextOrigin,
): string {
  const prompt = Math.floor(index / request.imagesPerPrompt);
  const { sampler, scheduleType } = samplerOf(schedulerName, scheduler);
  const settings: [string, unknown][] = [
    ["Steps", request.steps],
    ["Sampler", sampler],
    ...(scheduleType === undefined ? [] : [["Schedule type", scheduleType] as [string, unknown]]),
    ["CFG scale", request.sun ? 1 : request.guidanceScale],
    ["Seed", request.seeds[index]],
    ["Size", `${request.width}x${request.height}`],
    ["Model", model],
  ];
  if (fromImage) settings.push(["Denoising strength", request.strength]);
  if (request.clipSkip > 0) settings.push(["Clip skip", request.clipSkip + 1]);
  // Where this is missing, AUTOMATIC1111 means its default, the GPU.
  if (request.randomSource === "cpu") settings.push(["RNG", "CPU"]);
  if (request.guidanceRescale > 0) settings.push(["CFG rescale", request.guidanceRescale]);
  if (request.sun && sun !== undefined) settings.push(["SUN", sun], ["SUN scale", request.sunScale]);
  if (loras.length > 0) settings.push(["LoRA", loras.map(({ name, scale }) => `${name}:${scale}`).join(" ")]);
  settings.push(["Version", `sunstep ${version}`]);
  return formatParameters({
    prompt: request.prompts[prompt] ?? "",
    negativePrompt: request.negativePrompts[prompt] ?? "",
    settings: new Map(settings.map(([key, value]) => [key, String(value)])),
  });
}
