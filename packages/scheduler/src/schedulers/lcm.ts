// Luo et al. 2023, "Latent Consistency Models" (arXiv 2310.04378).

import { defineScheduler } from "../define-scheduler.js";
import { alphaLookup, noisy, refuseBlindStart } from "../noise/alphas.js";
import { alphasCumprod, noiseScheduleOptions, stableDiffusionBetas } from "../noise/noise-schedule.js";
import { flag, integer, number } from "../options.js";
import { clippingOptions, limit } from "../steps/clipping.js";
import { combine } from "../steps/linear-combination.js";
import { cleanSample, predictionOption } from "../steps/prediction.js";
import { distilledTimesteps, teacherTimesteps } from "../timesteps/distilled-timesteps.js";
import { spacingOptions } from "../timesteps/timestep-spacing.js";

const name = "LCMScheduler";
const SIGMA_DATA = 0.5;

export const lcm = defineScheduler({
  name,
  options: {
    ...noiseScheduleOptions(stableDiffusionBetas),
    ...clippingOptions(false),
    // Accepted as in diffusers, where it has no effect: the timesteps come from the distillation.
    ...spacingOptions("leading"),
    original_inference_steps: integer(50, 1),
    timestep_scaling: number(10),
    prediction_type: predictionOption,
    rescale_betas_zero_snr: flag(false),
  },
  needsNoise: true,
  takes: ["timesteps", "originalInferenceSteps", "teacherStrength"],
  start(options, run) {
    const train = options.num_train_timesteps;
    const alphaAt = alphaLookup(name, alphasCumprod(options));
    const originalSteps = run.originalInferenceSteps ?? options.original_inference_steps;
    const teacher = teacherTimesteps(name, train, originalSteps, run.teacherStrength);
    const timesteps = distilledTimesteps(name, teacher, run, train, originalSteps);

    return (begin) => {
      refuseBlindStart(name, options.prediction_type, alphaAt(timesteps[begin]!));
      return {
        timesteps,
        initNoiseSigma: 1,
        step(output, index, sample, noise) {
          const t = timesteps[index]!;
          const alpha = alphaAt(t);
          const toClean = cleanSample[options.prediction_type](Math.sqrt(alpha), Math.sqrt(1 - alpha));
          const predicted = combine([toClean.sample, sample], [toClean.output, output]);
          const clean = limit(predicted, options, run.batch);

          // The boundary condition, appendix C: c_skip and c_out.
          const scaled = t * options.timestep_scaling;
          const norm = scaled ** 2 + SIGMA_DATA ** 2;
          const denoised = combine([scaled / Math.sqrt(norm), clean], [SIGMA_DATA ** 2 / norm, sample]);

          // Algorithm 3: noise again, to the next timestep.
          const following = timesteps[index + 1];
          if (following === undefined) return { sample: denoised, denoised };
          return { sample: noisy(alphaAt(following), denoised, noise()), denoised };
        },
        addNoise: (original, noise, index) => noisy(alphaAt(timesteps[index]!), original, noise),
      };
    };
  },
});
