// The scheduler configs that single files lack, as the repositories of the same models have them.

import type { Architecture, PredictionType } from "../checkpoint.js";
import type { JsonObject } from "../json.js";

const shared = {
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: "scaled_linear",
  num_train_timesteps: 1000,
  trained_betas: null,
  clip_sample: false,
  set_alpha_to_one: false,
  steps_offset: 1,
} as const;

/** Facts about a model that decide how it is sampled. */
export interface SamplingFacts {
  readonly prediction: PredictionType;
  /** Trained down to a signal-to-noise ratio of zero (arXiv 2305.08891). */
  readonly zeroTerminalSnr: boolean;
  readonly betas?: { readonly beta_start: number; readonly beta_end: number };
}

/** stable-diffusion-v1-5 comes with PNDM; its inpainting model and the 2.x models with DDIM; XL with Euler. */
export function defaultScheduler(
  architecture: Architecture,
  inpainting: boolean,
  { prediction, zeroTerminalSnr, betas }: SamplingFacts,
): JsonObject {
  const schedule = { ...shared, ...betas, prediction_type: prediction };
  // PNDM cannot start at a ratio of zero.
  if (zeroTerminalSnr)
    return {
      _class_name: "DDIMScheduler",
      ...schedule,
      rescale_betas_zero_snr: true,
      timestep_spacing: "trailing",
    };
  if (architecture === "sdxl")
    return { _class_name: "EulerDiscreteScheduler", ...schedule, timestep_spacing: "leading" };
  return architecture === "sd1" && !inpainting
    ? { _class_name: "PNDMScheduler", ...schedule, skip_prk_steps: true }
    : { _class_name: "DDIMScheduler", ...schedule };
}
