import type { GenerateOptions } from "sunstep";
import { type Settings, stepsOf } from "./settings.js";
import type { StartImage } from "./start-image.js";

/** A request to the engine: plain data. */
export interface RunRequest {
  readonly prompt: string;
  readonly options: Omit<GenerateOptions, "signal" | "onProgress">;
}

/** `hasSun`: an adapter is loaded, so that the request must say whether to use it. */
export function requestOf(settings: Settings, start: StartImage | undefined, hasSun: boolean): RunRequest {
  const { sun, sunScale, guidanceScale, scheduler, strength, clipSkip, randomSource } = settings;
  const { prompt, negativePrompt, seed, width, height } = settings;
  return {
    prompt,
    options: {
      negativePrompt,
      seed,
      width,
      height,
      steps: stepsOf(settings),
      clipSkip,
      randomSource,
      preview: "auto",
      ...(hasSun && { sun }),
      ...(sun && hasSun ? { sunScale } : { guidanceScale }),
      ...(scheduler !== "" && { scheduler }),
      ...(start && { image: start.image, strength }),
      ...(start?.mask && { mask: start.mask }),
    },
  };
}
