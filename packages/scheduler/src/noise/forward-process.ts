// The forward process of a scheduler's config, as training needs it.

import { flag, readOptions } from "../options.js";
import type { SchedulerConfig } from "../scheduler.js";
import { type PredictionType, predictionOption } from "../steps/prediction.js";
import { alphasCumprod, noiseScheduleOptions } from "./noise-schedule.js";
import { sigmasAt, trainingSigmas } from "./sigmas.js";

/** q(x_t | x_0) = N(sqrt(abar_t) x_0, (1 - abar_t) I) (Ho et al. 2020, arXiv 2006.11239, equation 4). */
export interface ForwardProcess {
  /** abar_t for each training timestep, float32 as diffusers computes it. */
  readonly alphasCumprod: Float32Array;
  /** abar of the point after the last step, "timestep -1": 1, or abar_0 where `set_alpha_to_one` is false. */
  readonly finalAlphaCumprod: number;
  /** The kind of the network's prediction. */
  readonly predictionType: PredictionType;
}

const options = {
  ...noiseScheduleOptions(undefined, ["laplace", "sigmoid", "exp"]),
  set_alpha_to_one: flag(true),
  prediction_type: predictionOption,
  rescale_betas_zero_snr: flag(false),
};

/**
 * The forward process of a diffusers scheduler_config.json, whatever its class.
 * @throws SunstepError SCHEDULER_OPTION
 */
export function forwardProcess(config: SchedulerConfig): ForwardProcess {
  const read = readOptions("forwardProcess", options, config);
  const alphas = alphasCumprod(read);
  return {
    alphasCumprod: alphas,
    finalAlphaCumprod: read.set_alpha_to_one ? 1 : alphas[0]!,
    predictionType: read.prediction_type,
  };
}

/**
 * The noise level sigma = sqrt((1 - abar) / abar) at each of the timesteps, which may be fractions.
 * @throws SunstepError SCHEDULER_OPTION
 */
export function noiseLevels(config: SchedulerConfig, timesteps: readonly number[]): readonly number[] {
  return sigmasAt(timesteps, trainingSigmas(forwardProcess(config).alphasCumprod));
}
