// A linear multistep (Adams-Bashforth) method over sigmas, as k-diffusion's sample_lms.

import { defineScheduler } from "../define-scheduler.js";
import { schedulerError } from "../errors.js";
import { alphasCumprod, noiseScheduleOptions } from "../noise/noise-schedule.js";
import {
  fractionalTimesteps,
  initNoiseSigmaOf,
  respacedSchedule,
  unitVariance,
} from "../noise/sigma-schedule.js";
import { checkSigmaSpacing, distinctCount, sigmaSpacingOptions, trainingSigmas } from "../noise/sigmas.js";
import { combine } from "../steps/linear-combination.js";
import { cleanSampleOfSigma, predictionOption } from "../steps/prediction.js";
import { spacingOptions } from "../timesteps/timestep-spacing.js";

const name = "LMSDiscreteScheduler";

export const lmsDiscrete = defineScheduler({
  name,
  options: {
    ...noiseScheduleOptions(),
    ...spacingOptions("linspace"),
    ...sigmaSpacingOptions,
    prediction_type: predictionOption,
  },
  takes: ["order"],
  check: (options) => checkSigmaSpacing(name, options),
  start(options, run) {
    const { order = 4 } = run;
    if (!Number.isSafeInteger(order) || order < 1) {
      throw schedulerError(
        "SCHEDULER_PLAN",
        `${name}: order is ${order}; it must be an integer of at least 1`,
        {
          scheduler: name,
          option: "order",
          value: order,
        },
      );
    }
    const training = trainingSigmas(alphasCumprod(options));
    const schedule = respacedSchedule(options, fractionalTimesteps(name, options, run), training);
    const sigmas = Float32Array.from([...schedule.sigmas, 0]);

    return () => {
      /** Newest first. */
      const slopes: Float32Array[] = [];
      return {
        timesteps: schedule.timesteps,
        sigmas,
        initNoiseSigma: initNoiseSigmaOf(options.timestep_spacing, sigmas),
        scaleModelInput: (sample, index) => unitVariance(sample, sigmas[index]!),
        step(output, index, sample) {
          const sigma = sigmas[index]!;
          const toClean = cleanSampleOfSigma[options.prediction_type](sigma);
          const clean = combine([toClean.sample, sample], [toClean.output, output]);
          slopes.unshift(combine([1 / sigma, sample], [-1 / sigma, clean]));
          slopes.length = Math.min(slopes.length, order);
          // The order follows the slopes at hand. diffusers' follows the place in the whole schedule, so that the first
          // steps of a run that strength cut leave noise in the image.
          const usable = distinctCount(sigmas, index, slopes.length);
          const nodes = Array.from({ length: usable }, (_, k) => sigmas[index - k]!);
          const terms = slopes
            .slice(0, usable)
            .map((slope, k) => [weight(nodes, k, sigmas[index + 1]!), slope] as const);
          return { sample: combine([1, sample], ...terms), denoised: clean };
        },
        addNoise: (original, noise, index) => combine([1, original], [sigmas[index]!, noise]),
      };
    };
  },
});

/** The integral, from the first node to `end`, of the Lagrange polynomial that is 1 at node k and 0 at the others. */
function weight(nodes: readonly number[], k: number, end: number): number {
  const start = nodes[0]!;
  // Coefficients in (x - start), lowest first.
  let polynomial = [1];
  for (const [j, node] of nodes.entries()) {
    if (j === k) continue;
    const scale = 1 / (nodes[k]! - node);
    const root = node - start;
    const product = new Array<number>(polynomial.length + 1).fill(0);
    for (const [power, coefficient] of polynomial.entries()) {
      product[power + 1]! += coefficient * scale;
      product[power]! -= coefficient * scale * root;
    }
    polynomial = product;
  }
  return polynomial.reduce(
    (sum, coefficient, power) => sum + (coefficient * (end - start) ** (power + 1)) / (power + 1),
    0,
  );
}
