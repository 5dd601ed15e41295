// Ho et al. 2020, "Denoising Diffusion Probabilistic Models" (arXiv 2006.11239).

import { roundHalfToEven } from "@sunstep/tensor";
import { defineScheduler } from "../define-scheduler.js";
import { alphaLookup, noisy, refuseBlindStart, refuseManySteps } from "../noise/alphas.js";
import { alphasCumprod, noiseScheduleOptions } from "../noise/noise-schedule.js";
import { flag, oneOf } from "../options.js";
import { clippingOptions, limit } from "../steps/clipping.js";
import { combine } from "../steps/linear-combination.js";
import { cleanSample, predictionOption } from "../steps/prediction.js";
import { spacedTimesteps, spacingOptions } from "../timesteps/timestep-spacing.js";

const name = "DDPMScheduler";

// diffusers also has "fixed_large_log", which takes the root of a negative number, and "learned" and "learned_range",
// for networks that put out a variance too; Stable Diffusion's do not.
type VarianceType = "fixed_small" | "fixed_small_log" | "fixed_large";

/** Deviation of the fresh noise from the posterior variance and the step's beta (section 3.2 has both choices). */
const deviations: Record<VarianceType, (variance: number, beta: number) => number> = {
  fixed_small: (variance) => Math.sqrt(variance),
  fixed_small_log: (variance) => Math.exp(0.5 * Math.log(variance)),
  fixed_large: (_, beta) => Math.sqrt(beta),
};

export const ddpm = defineScheduler({
  name,
  options: {
    ...noiseScheduleOptions(undefined, ["laplace", "sigmoid"]),
    ...clippingOptions(true),
    ...spacingOptions("leading"),
    // diffusers takes null, which configs of DPM-Solver hold, for fixed_small.
    variance_type: oneOf<VarianceType>("fixed_small", ["fixed_small", "fixed_small_log", "fixed_large"], {
      null: "fixed_small",
    }),
    prediction_type: predictionOption,
    rescale_betas_zero_snr: flag(false),
  },
  needsNoise: true,
  takes: ["timesteps"],
  start(options, run) {
    refuseManySteps(name, run.steps, options.num_train_timesteps);
    const alphaAt = alphaLookup(name, alphasCumprod(options));
    const timesteps = run.timesteps ?? spacedTimesteps(options, run.steps).map(roundHalfToEven);

    return (begin) => {
      refuseBlindStart(name, options.prediction_type, alphaAt(timesteps[begin]!));
      return {
        timesteps,
        initNoiseSigma: 1,
        step(output, index, sample, noise) {
          const t = timesteps[index]!;
          const following = timesteps[timesteps.indexOf(t) + 1];
          const alpha = alphaAt(t);
          const previous = following === undefined ? 1 : alphaAt(following);
          const stepAlpha = alpha / previous;

          const toClean = cleanSample[options.prediction_type](Math.sqrt(alpha), Math.sqrt(1 - alpha));
          const predicted = combine([toClean.sample, sample], [toClean.output, output]);
          const clean = limit(predicted, options, run.batch);

          // Equation 7: mean and variance of the posterior.
          const cleanShare = (Math.sqrt(previous) * (1 - stepAlpha)) / (1 - alpha);
          const sampleShare = (Math.sqrt(stepAlpha) * (1 - previous)) / (1 - alpha);
          const variance = Math.max(((1 - previous) / (1 - alpha)) * (1 - stepAlpha), 1e-20);
          const next = combine(
            [cleanShare, clean],
            [sampleShare, sample],
            ...(t > 0
              ? [[deviations[options.variance_type](variance, 1 - stepAlpha), noise()] as const]
              : []),
          );
          return { sample: next, denoised: clean };
        },
        addNoise: (original, noise, index) => noisy(alphaAt(timesteps[index]!), original, noise),
      };
    };
  },
});
