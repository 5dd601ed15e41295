// Karras et al. 2022 (arXiv 2206.00364), algorithm 2 with Euler steps only.

import { defineScheduler, type Run } from "../define-scheduler.js";
import { logFloat32 } from "../noise/log-float32.js";
import { alphasCumprod, noiseScheduleOptions } from "../noise/noise-schedule.js";
import {
  fractionalTimesteps,
  initNoiseSigmaOf,
  respacedSchedule,
  type SigmaSchedule,
  unitVariance,
} from "../noise/sigma-schedule.js";
import { checkSigmaSpacing, sigmaSpacingOptions, timestepOfSigma, trainingSigmas } from "../noise/sigmas.js";
import { flag, oneOf } from "../options.js";
import { combine } from "../steps/linear-combination.js";
import { cleanSampleOfSigma, type PredictionType, predictionTypes } from "../steps/prediction.js";
import { linspaceFloat32 } from "../timesteps/grids.js";
import { spacingOptions } from "../timesteps/timestep-spacing.js";

const name = "EulerDiscreteScheduler";
/** ᾱ of the last timestep with rescale_betas_zero_snr, where sigma would be infinite. */
const TERMINAL_ALPHA = 2 ** -24;

export const eulerDiscrete = defineScheduler({
  name,
  options: {
    ...noiseScheduleOptions(),
    ...spacingOptions("linspace"),
    ...sigmaSpacingOptions,
    prediction_type: oneOf<PredictionType>("epsilon", predictionTypes, { original_sample: "sample" }),
    interpolation_type: oneOf("linear", ["linear", "log_linear"]),
    timestep_type: oneOf("discrete", ["discrete", "continuous"]),
    final_sigmas_type: oneOf("zero", ["zero", "sigma_min"]),
    rescale_betas_zero_snr: flag(false),
  },
  takes: ["timesteps", "sigmas", "sChurn", "sTmin", "sTmax", "sNoise"],
  check: (options) => checkSigmaSpacing(name, options),
  start(options, run) {
    const training = trainingSigmas(alphasCumprod(options, TERMINAL_ALPHA));
    const schedule = run.sigmas ? ofSigmas(run.sigmas, training) : ofTimesteps(run);
    const sigmas = Float32Array.from(schedule.sigmas);
    const isContinuous = options.timestep_type === "continuous" && options.prediction_type === "v_prediction";
    const timesteps = isContinuous
      ? Array.from(sigmas.subarray(0, -1), (sigma) => Math.fround(0.25 * Math.log(sigma)))
      : schedule.timesteps;
    const { sChurn = 0, sTmin = 0, sTmax = Number.POSITIVE_INFINITY, sNoise = 1 } = run;
    const churn = Math.min(sChurn / (sigmas.length - 1), Math.SQRT2 - 1);

    function ofTimesteps(wanted: Run): SigmaSchedule {
      const spaced = fractionalTimesteps(name, options, wanted);
      const logLinear = () => {
        const [first, last] = [training[0]!, training.at(-1)!];
        const logs = linspaceFloat32(logFloat32(last), logFloat32(first), spaced.length + 1);
        return Array.from(logs.map(Math.exp));
      };
      const plain = options.interpolation_type === "log_linear" ? logLinear() : undefined;
      const respaced = respacedSchedule(options, spaced, training, plain);
      const final = options.final_sigmas_type === "zero" ? 0 : training[0]!;
      return { timesteps: respaced.timesteps, sigmas: [...respaced.sigmas, final] };
    }

    return () => ({
      timesteps,
      sigmas,
      initNoiseSigma: initNoiseSigmaOf(options.timestep_spacing, sigmas),
      scaleModelInput: (sample, index) => unitVariance(sample, sigmas[index]!),
      step(output, index, sample, noise) {
        const sigma = sigmas[index]!;
        const gamma = sTmin <= sigma && sigma <= sTmax ? churn : 0;
        const raised = sigma * (gamma + 1);
        const from =
          gamma > 0 ? combine([1, sample], [sNoise * Math.sqrt(raised ** 2 - sigma ** 2), noise()]) : sample;
        // diffusers reads noise predictions at the raised sigma, others at the step's own.
        const readAt = options.prediction_type === "epsilon" ? raised : sigma;
        const toClean = cleanSampleOfSigma[options.prediction_type](readAt);
        const clean = combine([toClean.sample, from], [toClean.output, output]);
        const ratio = (sigmas[index + 1]! - raised) / raised;
        return { sample: combine([1 + ratio, from], [-ratio, clean]), denoised: clean };
      },
      addNoise: (original, noise, index) => combine([1, original], [sigmas[index]!, noise]),
    });
  },
});

/** A schedule of custom sigmas, of which the last is where the run ends. */
function ofSigmas(sigmas: readonly number[], training: Float32Array): SigmaSchedule {
  const logSigmas = training.map(logFloat32);
  const timesteps = sigmas.slice(0, -1).map((sigma) => Math.fround(timestepOfSigma(sigma, logSigmas)));
  return { timesteps, sigmas };
}
