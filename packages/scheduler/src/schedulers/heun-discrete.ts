// Karras et al. 2022 (arXiv 2206.00364), algorithm 1: Heun's method. Two evaluations per step, but one for the last.

import { defineScheduler } from "../define-scheduler.js";
import { alphasCumprod, noiseScheduleOptions } from "../noise/noise-schedule.js";
import {
  fractionalTimesteps,
  initNoiseSigmaOf,
  respacedSchedule,
  unitVariance,
} from "../noise/sigma-schedule.js";
import { checkSigmaSpacing, sigmaSpacingOptions, trainingSigmas } from "../noise/sigmas.js";
import { flag, number, onlyWith } from "../options.js";
import { clip } from "../steps/clipping.js";
import { combine } from "../steps/linear-combination.js";
import { cleanSampleOfSigma, predictionOption } from "../steps/prediction.js";
import { spacingOptions } from "../timesteps/timestep-spacing.js";

const name = "HeunDiscreteScheduler";

export const heunDiscrete = defineScheduler({
  name,
  options: {
    ...noiseScheduleOptions({ beta_start: 0.00085, beta_end: 0.012, beta_schedule: "linear" }, ["exp"]),
    ...spacingOptions("linspace"),
    ...sigmaSpacingOptions,
    clip_sample: flag(false),
    clip_sample_range: onlyWith("clip_sample", number(1)),
    prediction_type: predictionOption,
  },
  order: 2,
  takes: ["timesteps"],
  check: (options) => checkSigmaSpacing(name, options),
  start(options, run) {
    const training = trainingSigmas(alphasCumprod(options));
    const single = respacedSchedule(options, fractionalTimesteps(name, options, run), training);
    // All but the first are visited twice: as the end of one step and as the start of the next.
    const twice = (values: readonly number[]) =>
      values.flatMap((value, i) => (i === 0 ? [value] : [value, value]));
    const timesteps = twice(single.timesteps);
    const sigmas = Float32Array.from([...twice(single.sigmas), 0]);

    return (begin) => {
      let first: { sample: Float32Array; slope: Float32Array; width: number } | undefined;
      return {
        timesteps,
        sigmas,
        initNoiseSigma: initNoiseSigmaOf(options.timestep_spacing, sigmas),
        scaleModelInput: (sample, index) => unitVariance(sample, sigmas[index]!),
        step(output, index, sample) {
          const sigma = sigmas[index]!;
          const toClean = cleanSampleOfSigma[options.prediction_type](sigma);
          const predicted = combine([toClean.sample, sample], [toClean.output, output]);
          const clean = options.clip_sample ? clip(predicted, options.clip_sample_range) : predicted;
          const slope = combine([1 / sigma, sample], [-1 / sigma, clean]);
          if ((index - begin) % 2 === 0 || !first) {
            const width = sigmas[index + 1]! - sigma;
            first = { sample, slope, width };
            return { sample: combine([1, sample], [width, slope]), denoised: clean };
          }
          const start = first;
          first = undefined;
          const next = combine([1, start.sample], [start.width / 2, start.slope], [start.width / 2, slope]);
          return { sample: next, denoised: clean };
        },
        addNoise: (original, noise, index) => combine([1, original], [sigmas[index]!, noise]),
      };
    };
  },
});
