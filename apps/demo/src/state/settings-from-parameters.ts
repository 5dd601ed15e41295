import type { ImageParameters } from "sunstep";
import type { ModelInfo } from "./model.js";
import { clampTo, type NumberSetting, ranges, type Settings } from "./settings.js";

/** Names the model and adapters of an image that are not open: "model v1-5-pruned, LoRA ink". Undefined if all are. */
export function missingParts(
  { model, sun, loras }: ImageParameters,
  info: ModelInfo | undefined,
): string | undefined {
  const open = new Set(info?.loras.map(({ name }) => name));
  const missing = [
    ...(model !== undefined && model !== stem(info?.name) ? [`model ${model}`] : []),
    ...(sun !== undefined && sun !== info?.sun ? [`SUN adapter ${sun}`] : []),
    ...loras.filter(({ name }) => !open.has(name)).map(({ name }) => `LoRA ${name}`),
  ];
  return missing.length > 0 ? missing.join(", ") : undefined;
}

function stem(name = ""): string {
  return name.replace(/\.safetensors$/i, "");
}

/** Converts an image's text to settings, clamped to the controls' ranges. Settings that it does not mention are absent. */
export function settingsFromParameters({ prompt, options }: ImageParameters): Partial<Settings> {
  const { steps, sun, seed, scheduler = "", negativePrompt, randomSource } = options;
  const numbers: Partial<Record<NumberSetting, number | bigint | undefined>> = {
    seed: seed as number | bigint | undefined,
    width: options.width,
    height: options.height,
    [sun ? "sunSteps" : "guidedSteps"]: steps,
    sunScale: options.sunScale,
    guidanceScale: options.guidanceScale,
    strength: options.strength,
    clipSkip: options.clipSkip,
  };
  const inRange = Object.entries(numbers).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, clampTo(ranges[key as NumberSetting], Number(value))]],
  );
  return {
    prompt,
    negativePrompt: typeof negativePrompt === "string" ? negativePrompt : "",
    // DPM-Solver++ is the default of a model, which the controls call "".
    scheduler: scheduler === "dpm++2m" ? "" : (scheduler as string),
    ...(sun !== undefined && { sun }),
    ...(randomSource && { randomSource }),
    ...Object.fromEntries(inRange),
  };
}
