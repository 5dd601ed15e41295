import type { GenerateOptions } from "sunstep";
import type { Settings } from "./settings.js";
import { stepsOf } from "./shots.js";
import type { StartPicture } from "./start-picture.js";

/** What the engine is asked for: plain data. */
export interface RunRequest {
  readonly prompt: string;
  readonly options: Omit<GenerateOptions, "signal" | "onProgress">;
}

/** `hasSun`: an adapter is loaded, so that it must be said whether it is used. */
export function requestOf(settings: Settings, start: StartPicture | undefined, hasSun: boolean): RunRequest {
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
