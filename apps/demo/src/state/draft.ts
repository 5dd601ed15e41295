// Live mode's first look at an image, made in a fraction of the time while the prompt is being typed.

import { type Settings, stepsOf } from "./settings.js";

/**
 * Steps of a draft. After one accelerated step an image is washed out; two show what it will be. Guided sampling needs
 * more.
 */
const draftSteps = { accelerated: 2, guided: 6 };

/** The timestep below which a step's prediction resembles the image; earlier ones are washed out. */
const clearBelow = 501;

/** Returns the settings of a draft, which is not enlarged; undefined where the image itself takes no more steps. */
export function draftOf(settings: Settings): Settings | undefined {
  const [key, steps] = settings.accelerated
    ? (["acceleratedSteps", draftSteps.accelerated] as const)
    : (["guidedSteps", draftSteps.guided] as const);
  if (!settings.hires && stepsOf(settings) <= steps) return undefined;
  return { ...settings, [key]: Math.min(steps, stepsOf(settings)), hires: false };
}

/** True for the prediction of a step that is too early to take the place of a finished image. */
export function isWashedOut(timestep: number): boolean {
  return timestep >= clearBelow;
}
