import type { ImageParameters } from "sunstep";
import { accelerationIn } from "../engine/sun.js";
import type { ModelInfo } from "./model.js";
import { negativeText } from "./negative-method.js";
import { clampTo, type NumberSetting, ranges, type Settings } from "./settings.js";

/**
 * Names the model and adapters of an image that are not open, and settings that are not known: "model v1-5-pruned, LoRA
 * ink, Hires upscaler". Undefined if there are none.
 */
export function missingParts(parameters: ImageParameters, info: ModelInfo | undefined): string | undefined {
  const { model, loras, options, warnings } = parameters;
  const { acceleration: method } = options;
  const { adapter } = accelerationIn(parameters);
  const open = new Set(info?.loras.map(({ name }) => name));
  const missing = [
    ...(model !== undefined && model !== stem(info?.name) ? [`model ${model}`] : []),
    ...(adapter !== undefined && adapter !== info?.acceleration?.adapter ? [`adapter ${adapter}`] : []),
    ...(typeof method === "string" && !info?.methods?.includes(method) ? [`method ${method}`] : []),
    ...loras.filter(({ name }) => !open.has(name)).map(({ name }) => `LoRA ${name}`),
    ...warnings.flatMap(({ details }) => details.settings as readonly string[]),
  ];
  return missing.length > 0 ? missing.join(", ") : undefined;
}

function stem(name = ""): string {
  return name.replace(/\.safetensors$/i, "");
}

/** Converts an image's text to settings, clamped to the controls' ranges. Settings that it does not mention are absent. */
export function settingsFromParameters(parameters: ImageParameters): Partial<Settings> {
  const { prompt, options } = parameters;
  const { accelerated, accelerationScale } = accelerationIn(parameters);
  const { steps, seed, scheduler = "", negativePrompt, randomSource, hires } = options;
  const numbers: Partial<Record<NumberSetting, number | bigint | undefined>> = {
    seed: seed as number | bigint | undefined,
    width: options.width,
    height: options.height,
    [accelerated ? "acceleratedSteps" : "guidedSteps"]: steps,
    accelerationScale,
    guidanceScale: options.guidanceScale,
    strength: options.strength,
    clipSkip: options.clipSkip,
    hiresScale: hires?.scale,
    hiresStrength: hires?.strength,
    hiresSteps: hires && (hires.steps ?? 0),
  };
  const inRange = Object.entries(numbers).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, clampTo(ranges[key as NumberSetting], Number(value))]],
  );
  return {
    prompt,
    negativeMethod: negativeText(parameters),
    method: typeof options.acceleration === "string" ? options.acceleration : "",
    negativePrompt: typeof negativePrompt === "string" ? negativePrompt : "",
    // DPM-Solver++ is the default of a model, which the controls call "".
    scheduler: scheduler === "dpm++2m" ? "" : (scheduler as string),
    ...(accelerated !== undefined && { accelerated }),
    ...(randomSource && { randomSource }),
    hires: hires !== undefined,
    ...(hires?.upscaler && { hiresUpscaler: hires.upscaler }),
    ...Object.fromEntries(inRange),
  };
}
