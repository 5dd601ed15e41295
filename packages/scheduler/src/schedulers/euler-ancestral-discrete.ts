// Euler steps to a lower noise level than asked for, and fresh noise up to it, as k-diffusion's
// sample_euler_ancestral: each step's variance is that of DDPM (Song et al. 2020, arXiv 2011.13456).

import { defineScheduler } from "../define-scheduler.js";
import { alphasCumprod, noiseScheduleOptions } from "../noise/noise-schedule.js";
import { initNoiseSigmaOf, unitVariance } from "../noise/sigma-schedule.js";
import { sigmasAt, trainingSigmas } from "../noise/sigmas.js";
import { flag, oneOf } from "../options.js";
import { combine } from "../steps/linear-combination.js";
import { cleanSampleOfSigma } from "../steps/prediction.js";
import { spacedTimesteps, spacingOptions } from "../timesteps/timestep-spacing.js";

/** ᾱ of the last timestep with rescale_betas_zero_snr, where sigma would be infinite. */
const TERMINAL_ALPHA = 2 ** -24;

export const eulerAncestralDiscrete = defineScheduler({
  name: "EulerAncestralDiscreteScheduler",
  options: {
    ...noiseScheduleOptions(),
    ...spacingOptions("linspace"),
    prediction_type: oneOf("epsilon", ["epsilon", "v_prediction"]),
    rescale_betas_zero_snr: flag(false),
  },
  needsNoise: true,
  start(options, { steps }) {
    const training = trainingSigmas(alphasCumprod(options, TERMINAL_ALPHA));
    const timesteps = spacedTimesteps(options, steps).map(Math.fround);
    const sigmas = Float32Array.from([...sigmasAt(timesteps, training), 0]);
    return () => ({
      timesteps,
      sigmas,
      initNoiseSigma: initNoiseSigmaOf(options.timestep_spacing, sigmas),
      scaleModelInput: (sample, index) => unitVariance(sample, sigmas[index]!),
      step(output, index, sample, noise) {
        const [from, to] = [sigmas[index]!, sigmas[index + 1]!];
        const toClean = cleanSampleOfSigma[options.prediction_type](from);
        const clean = combine([toClean.sample, sample], [toClean.output, output]);
        const up = Math.sqrt((to ** 2 * (from ** 2 - to ** 2)) / from ** 2);
        const down = Math.sqrt(to ** 2 - up ** 2);
        const ratio = (down - from) / from;
        const next = combine([1 + ratio, sample], [-ratio, clean], [up, noise()]);
        return { sample: next, denoised: clean };
      },
      addNoise: (original, noise, index) => combine([1, original], [sigmas[index]!, noise]),
    });
  },
});
