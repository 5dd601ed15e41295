// Zheng et al. 2024, "Trajectory Consistency Distillation" (arXiv 2402.19159).

import { defineScheduler } from "../define-scheduler.js";
import { schedulerError } from "../errors.js";
import { alphaLookup, noisy, refuseBlindStart } from "../noise/alphas.js";
import { alphasCumprod, noiseScheduleOptions, stableDiffusionBetas } from "../noise/noise-schedule.js";
import { flag, integer } from "../options.js";
import { combine } from "../steps/linear-combination.js";
import { cleanSample, noiseOf, predictionOption } from "../steps/prediction.js";
import { distilledTimesteps, teacherTimesteps } from "../timesteps/distilled-timesteps.js";
import { spacingOptions } from "../timesteps/timestep-spacing.js";

const name = "TCDScheduler";
const { fround } = Math;

export const tcd = defineScheduler({
  name,
  options: {
    ...noiseScheduleOptions(stableDiffusionBetas),
    // Accepted as in diffusers, where it has no effect: the timesteps come from the distillation.
    ...spacingOptions("leading"),
    original_inference_steps: integer(50, 1),
    prediction_type: predictionOption,
    rescale_betas_zero_snr: flag(false),
  },
  needsNoise: true,
  takes: ["timesteps", "originalInferenceSteps", "teacherStrength", "eta"],
  start(options, run) {
    const { eta = 0.3 } = run;
    if (!(eta >= 0 && eta <= 1)) {
      throw schedulerError("SCHEDULER_PLAN", `${name}: eta is ${eta}; it must be from 0 to 1`, {
        scheduler: name,
        option: "eta",
        value: eta,
      });
    }
    const train = options.num_train_timesteps;
    const alphaAt = alphaLookup(name, alphasCumprod(options));
    const originalSteps = run.originalInferenceSteps ?? options.original_inference_steps;
    // As in diffusers, the number of steps is the teacher's only if the config names it; a run that names it gets
    // all training timesteps.
    const origin = teacherTimesteps(
      name,
      train,
      run.originalInferenceSteps === undefined ? originalSteps : train,
      run.teacherStrength,
    );
    const timesteps = distilledTimesteps(name, origin, run, train, originalSteps);

    return (begin) => {
      refuseBlindStart(name, options.prediction_type, alphaAt(timesteps[begin]!));
      return {
        timesteps,
        initNoiseSigma: 1,
        step(output, index, sample, noise) {
          const alpha = alphaAt(timesteps[index]!);
          const [root, sigma] = [Math.sqrt(alpha), Math.sqrt(1 - alpha)];
          const toClean = cleanSample[options.prediction_type](root, sigma);
          const toNoise = noiseOf[options.prediction_type](root, sigma);
          const clean = combine([toClean.sample, sample], [toClean.output, output]);
          const predictedNoise = combine([toNoise.sample, sample], [toNoise.output, output]);

          // Algorithm 4 (strategic stochastic sampling): jump to s = (1 - gamma) t', then noise again up to t'.
          const following = timesteps[index + 1] ?? 0;
          const alphaS = alphaAt(Math.floor(fround(fround(1 - eta) * following)));
          const jumped = noisy(alphaS, clean, predictedNoise);
          if (eta === 0 || index === timesteps.length - 1) return { sample: jumped, denoised: clean };
          return { sample: noisy(alphaAt(following) / alphaS, jumped, noise()), denoised: clean };
        },
        addNoise: (original, noise, index) => noisy(alphaAt(timesteps[index]!), original, noise),
      };
    };
  },
});
