// Liu et al. 2022, "Pseudo Numerical Methods for Diffusion Models on Manifolds" (arXiv 2202.09778).

import { roundHalfToEven } from "@sunstep/tensor";
import { defineScheduler } from "../define-scheduler.js";
import { schedulerError } from "../errors.js";
import { alphaLookup, noisy } from "../noise/alphas.js";
import { alphasCumprod, noiseScheduleOptions } from "../noise/noise-schedule.js";
import { flag, oneOf } from "../options.js";
import { combine } from "../steps/linear-combination.js";
import { noiseOf } from "../steps/prediction.js";
import { spacedTimesteps, spacingOptions } from "../timesteps/timestep-spacing.js";

const name = "PNDMScheduler";

/** Weights of the newest noise predictions, newest first, by how many there are (equation 12: Adams-Bashforth). */
const multistepWeights: readonly (readonly number[])[] = [
  [],
  [1],
  [3 / 2, -1 / 2],
  [23 / 12, -16 / 12, 5 / 12],
  [55 / 24, -59 / 24, 37 / 24, -9 / 24],
];

/** Equation 11: Runge-Kutta weights of the four evaluations of a warm-up step. */
const rungeKuttaWeights = [1 / 6, 1 / 3, 1 / 3, 1 / 6] as const;

export const pndm = defineScheduler({
  name,
  options: {
    ...noiseScheduleOptions(),
    ...spacingOptions("leading"),
    skip_prk_steps: flag(false),
    set_alpha_to_one: flag(false),
    prediction_type: oneOf("epsilon", ["epsilon", "v_prediction"]),
  },
  start(options, { steps }) {
    const alphas = alphasCumprod(options);
    const alphaAt = alphaLookup(name, alphas);
    const finalAlpha = options.set_alpha_to_one ? 1 : alphas[0]!;
    const stride = Math.floor(options.num_train_timesteps / steps);
    const spaced = spacedTimesteps(options, steps).map(roundHalfToEven);
    const warmUp = options.skip_prk_steps ? [] : rungeKuttaTimesteps(spaced, Math.floor(stride / 2));
    const timesteps = options.skip_prk_steps
      ? [...spaced.slice(0, 2), ...spaced.slice(1)]
      : [...warmUp, ...spaced.slice(3)];

    /** Equation 9: transfers a sample from t to another timestep along a noise prediction. */
    function transfer(sample: Float32Array, t: number, to: number, output: Float32Array) {
      const alpha = alphaAt(t);
      const previous = to >= 0 ? alphaAt(to) : finalAlpha;
      const [root, sigma] = [Math.sqrt(alpha), Math.sqrt(1 - alpha)];
      const toNoise = noiseOf[options.prediction_type](root, sigma);
      const noise = combine([toNoise.sample, sample], [toNoise.output, output]);
      const denominator = alpha * Math.sqrt(1 - previous) + Math.sqrt(alpha * (1 - alpha) * previous);
      return {
        sample: combine([Math.sqrt(previous / alpha), sample], [-(previous - alpha) / denominator, noise]),
        denoised: combine([1 / root, sample], [-sigma / root, noise]),
      };
    }

    return (begin) => {
      // Counts calls, as diffusers does, also in a run that was cut by strength.
      const history: Float32Array[] = [];
      let base: Float32Array | undefined;
      let partial: readonly (readonly [number, Float32Array])[] = [];

      function rungeKutta(output: Float32Array, call: number, sample: Float32Array, t: number) {
        const stage = call % 4;
        if (stage === 0) {
          history.unshift(output);
          base = sample;
          partial = [];
        }
        partial = [...partial, [rungeKuttaWeights[stage]!, output]];
        const to = t - (stage % 2 === 0 ? Math.floor(stride / 2) : 0);
        return transfer(base!, warmUp[call - stage]!, to, stage === 3 ? combine(...partial) : output);
      }

      function multistep(output: Float32Array, call: number, sample: Float32Array, t: number) {
        // The first step is done again with the mean of both its ends (a Heun step), hence the repeated timestep.
        if (call === 1) {
          const mean = combine([0.5, output], [0.5, history[0]!]);
          return transfer(base!, t + stride, t, mean);
        }
        history.unshift(output);
        history.length = Math.min(history.length, 4);
        if (call === 0) base = sample;
        const weights = multistepWeights[history.length]!;
        return transfer(sample, t, t - stride, combine(...weights.map((w, i) => [w, history[i]!] as const)));
      }

      return {
        timesteps,
        initNoiseSigma: 1,
        step(output, index, sample) {
          const call = index - begin;
          const method = call < warmUp.length ? rungeKutta : multistep;
          return method(output, call, sample, timesteps[index]!);
        },
        addNoise: (original, noise, index) => noisy(alphaAt(timesteps[index]!), original, noise),
      };
    };
  },
});

/** The evaluations of three Runge-Kutta steps over the first four timesteps: start, middle, middle, end. */
function rungeKuttaTimesteps(spaced: readonly number[], half: number): number[] {
  const [a, b, c, d] = spaced;
  if (a === undefined || b === undefined || c === undefined || d === undefined) {
    throw schedulerError(
      "SCHEDULER_PLAN",
      `${name}: ${spaced.length} steps are too few for its Runge-Kutta start: use at least 4, or skip_prk_steps`,
      { scheduler: name, option: "steps", value: spaced.length },
    );
  }
  return [a, b + half, b + half, b, b, c + half, c + half, c, c, d + half, d + half, d];
}
