import type { GenerateOptions } from "sunstep";
import type { Acceleration } from "./acceleration.js";
import { methodOf } from "./few-step-method.js";
import { negativeOption } from "./negative-method.js";
import { type Settings, stepsOf } from "./settings.js";
import type { StartImage } from "./start-image.js";

/** Says whether and how a run uses the loaded acceleration. */
export type AccelerationChoice = Pick<Settings, "accelerated" | "accelerationScale">;

/** A request to the engine: plain data. */
export interface RunRequest {
  readonly prompt: string;
  readonly options: Omit<GenerateOptions, "signal" | "onProgress">;
  /** Absent if no acceleration is loaded. */
  readonly acceleration?: AccelerationChoice;
}

/** `previews`: shows each step's prediction. `methods`: the few-step methods that are loaded. */
export function requestOf(
  settings: Settings,
  start: StartImage | undefined,
  acceleration: Acceleration | undefined,
  previews: boolean,
  methods: readonly string[] = [],
): RunRequest {
  const { accelerationScale, guidanceScale, scheduler, strength, clipSkip, randomSource } = settings;
  const accelerated = settings.accelerated && acceleration !== undefined;
  const method = accelerated ? undefined : methodOf(settings.method, methods);
  const { prompt, negativePrompt, seed, width, height } = settings;
  return {
    prompt,
    options: {
      // An empty field is a negative prompt that is left out.
      ...(negativePrompt !== "" && { negativePrompt }),
      seed,
      width,
      height,
      // A method has its own steps and guidance.
      ...(method === undefined && { steps: stepsOf({ ...settings, accelerated }) }),
      clipSkip,
      randomSource,
      preview: previews && "auto",
      ...(!accelerated && method === undefined && { guidanceScale }),
      ...(!accelerated && negativeOption(settings.negativeMethod)),
      ...(!accelerated && methods.length > 0 && { acceleration: method ?? false }),
      ...(scheduler !== "" && { scheduler }),
      ...(start ? { image: start.image, strength } : hiresOption(settings)),
      ...(start?.mask && { mask: start.mask }),
    },
    ...(acceleration && { acceleration: { accelerated, accelerationScale } }),
  };
}

function hiresOption({ hires, hiresScale, hiresStrength, hiresSteps, hiresUpscaler }: Settings) {
  if (!hires) return {};
  const steps = hiresSteps > 0 && { steps: hiresSteps };
  return {
    hires: { scale: hiresScale, strength: hiresStrength, upscaler: hiresUpscaler, ...steps },
  };
}
