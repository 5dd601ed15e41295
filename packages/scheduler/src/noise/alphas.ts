// Shared by the schedulers that work on cumulative alphas: noisy = sqrt(ᾱ) * clean + sqrt(1 - ᾱ) * noise.

import { schedulerError } from "../errors.js";
import { combine } from "../steps/linear-combination.js";
import type { PredictionType } from "../steps/prediction.js";

/** ᾱ of a training timestep; throws `SCHEDULER_PLAN` for one that the model was not trained on. */
export function alphaLookup(scheduler: string, alphasCumprod: Float32Array): (timestep: number) => number {
  return (timestep) => {
    const alpha = alphasCumprod[timestep];
    if (alpha !== undefined) return alpha;
    throw schedulerError(
      "SCHEDULER_PLAN",
      `${scheduler}: the schedule needs timestep ${timestep}, training had 0 to ${alphasCumprod.length - 1}; use fewer steps or a smaller steps_offset`,
      { scheduler, timestep },
    );
  };
}

export function noisy(alpha: number, original: Float32Array, noise: Float32Array): Float32Array {
  return combine([Math.sqrt(alpha), original], [Math.sqrt(1 - alpha), noise]);
}

/** At ᾱ = 0 the sample is pure noise, and the noise that a network predicts says nothing about the image. */
export function refuseBlindStart(scheduler: string, prediction: PredictionType, firstAlpha: number): void {
  if (prediction !== "epsilon" || firstAlpha !== 0) return;
  throw schedulerError(
    "SCHEDULER_ZERO_SNR",
    `${scheduler}: prediction_type "epsilon" cannot start at a signal-to-noise ratio of zero: use a model with "v_prediction", turn rescale_betas_zero_snr off, or choose timesteps below the last`,
    { scheduler, option: "rescale_betas_zero_snr" },
  );
}

/** `SCHEDULER_PLAN` when a run has more steps than training had. */
export function refuseManySteps(scheduler: string, steps: number, train: number): void {
  if (steps <= train) return;
  throw schedulerError(
    "SCHEDULER_PLAN",
    `${scheduler}: ${steps} steps, but the model has ${train} timesteps`,
    {
      scheduler,
      option: "steps",
      value: steps,
    },
  );
}
