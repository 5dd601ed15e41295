// Zhao et al. 2023, "UniPC: A Unified Predictor-Corrector Framework" (arXiv 2302.04867), multistep, B(h) variants.

import { solveLinear } from "@sunstep/tensor";
import { defineScheduler } from "../define-scheduler.js";
import { alphasCumprod, noiseScheduleOptions } from "../noise/noise-schedule.js";
import {
  checkSigmaSpacing,
  distinctCount,
  hasOwnSigmas,
  sigmaSpacingOptions,
  trainingSigmas,
} from "../noise/sigmas.js";
import { addLevel, levelOf, solverOptions, solverSchedule } from "../noise/solver-schedule.js";
import { flag, numbers, oneOf, oneOfNumbers, only, optionError } from "../options.js";
import { thresholdingOptions } from "../steps/clipping.js";
import { convertOutput } from "../steps/dpm-solver.js";
import { combine } from "../steps/linear-combination.js";
import { predictionOption } from "../steps/prediction.js";
import { spacingOptions } from "../timesteps/timestep-spacing.js";

const name = "UniPCMultistepScheduler";
/** ᾱ of the last timestep with rescale_betas_zero_snr, where sigma would be infinite. */
const TERMINAL_ALPHA = 2 ** -24;

const { use_lu_lambdas: _, ...unipcSolverOptions } = solverOptions;

export const unipcMultistep = defineScheduler({
  name,
  options: {
    ...noiseScheduleOptions(),
    ...spacingOptions("linspace"),
    ...sigmaSpacingOptions,
    ...thresholdingOptions,
    ...unipcSolverOptions,
    solver_order: oneOfNumbers(2, [1, 2, 3]),
    // The names of DPM-Solver's types come with its configs and are read as diffusers reads them.
    solver_type: oneOf("bh2", ["bh1", "bh2"], { midpoint: "bh2", heun: "bh2", logrho: "bh2" }),
    predict_x0: flag(true),
    lower_order_final: flag(true),
    disable_corrector: numbers,
    solver_p: only(null),
    shift_terminal: only(null),
    prediction_type: predictionOption,
    rescale_betas_zero_snr: flag(false),
  },
  check(options) {
    checkSigmaSpacing(name, options);
    // The step to a sigma of zero is infinitely long in lambda: only a first-order step of data predictions ends there.
    const endsFirstOrder = options.solver_order === 1 || options.lower_order_final;
    if (options.final_sigmas_type === "zero" && !(options.predict_x0 && endsFirstOrder)) {
      const cause = options.predict_x0 ? "lower_order_final false" : "predict_x0 false";
      throw optionError(name, "final_sigmas_type", "zero", `which ${cause} cannot step to: use "sigma_min"`);
    }
  },
  start(options, run) {
    const training = trainingSigmas(alphasCumprod(options, TERMINAL_ALPHA));
    const spacing = { ...options, use_lu_lambdas: false, roundsTimesteps: true };
    const { timesteps, sigmas: spaced } = solverSchedule(name, spacing, run, training);
    const smallest = hasOwnSigmas(options) ? spaced.at(-1)! : training[0]!;
    const sigmas = Float32Array.from([...spaced, options.final_sigmas_type === "zero" ? 0 : smallest]);
    const levels = Array.from(sigmas, levelOf);
    const { solver_order, predict_x0 } = options;

    /**
     * One update of `order` from level `from` to the next, from the models m before it, newest first. With `atEnd`,
     * the model at the end, it is the corrector UniC (algorithm 1), without it the predictor UniP (algorithm 2).
     */
    function update(
      from: number,
      order: number,
      sample: Float32Array,
      m: readonly Float32Array[],
      atEnd?: Float32Array,
    ) {
      const [s, t] = [levels[from]!, levels[from + 1]!];
      const h = t.lambda - s.lambda;
      if (h === 0) return sample;
      const hh = predict_x0 ? -h : h;
      const phi1 = Math.expm1(hh);
      const bh = options.solver_type === "bh1" ? hh : phi1;
      const [sampleShare, modelShare] = predict_x0
        ? [t.sigma / s.sigma, t.alpha]
        : [t.alpha / s.alpha, t.sigma];
      const ratios = Array.from(
        { length: order - 1 },
        (_, i) => (levels[from - i - 1]!.lambda - s.lambda) / h,
      );
      const weights = updateWeights(hh, bh, ratios, order, atEnd !== undefined);
      const differences = ratios.map((ratio, i) => [weights[i]! / ratio, m[i + 1]!] as const);
      const slope = [...differences, ...(atEnd ? [[weights.at(-1)!, atEnd] as const] : [])];
      const terms = slope.map(([weight, model]) => [-modelShare * bh * weight, model] as const);
      // Summed term by term: with no slopes the (infinite) bh of a step to a sigma of zero plays no part.
      const own = terms.reduce((sum, [weight]) => sum - weight, -modelShare * phi1);
      return combine([sampleShare, sample], [own, m[0]!], ...terms);
    }

    // diffusers thresholds the clean sample only where that is what it integrates.
    const conversion = { ...options, thresholding: options.thresholding && predict_x0 };

    return () => {
      /** Newest first. */
      const models: Float32Array[] = [];
      let last: { sample: Float32Array; order: number } | undefined;
      return {
        timesteps,
        sigmas,
        initNoiseSigma: 1,
        step(output, index, sample) {
          const { model, denoised } = convertOutput(
            conversion,
            predict_x0,
            levels[index]!,
            output,
            sample,
            run.batch,
          );
          const corrects = last && index > 0 && !options.disable_corrector.includes(index - 1);
          const corrected =
            last && corrects ? update(index - 1, last.order, last.sample, models, model) : sample;
          models.unshift(model);
          models.length = Math.min(models.length, solver_order);
          const left = options.lower_order_final ? timesteps.length - index : solver_order;
          const order = Math.min(solver_order, left, distinctCount(sigmas, index, models.length));
          last = { sample: corrected, order };
          return { sample: update(index, order, corrected, models), denoised };
        },
        addNoise: (original, noise, index) => addLevel(levels[index]!, original, noise),
      };
    };
  },
});

/** The a_m / B(h) of equation 5: the solution of R(h) a = phi(h) / B(h), appendix B. */
function updateWeights(
  hh: number,
  bh: number,
  ratios: readonly number[],
  order: number,
  corrects: boolean,
): number[] {
  // The paper's shortcuts for the smallest systems (section 3.3): a = 1/2.
  if (corrects && order === 1) return [0.5];
  if (!corrects && order <= 2) return order === 1 ? [] : [0.5];
  const nodes = corrects ? [...ratios, 1] : ratios;
  const right: number[] = [];
  let phi = Math.expm1(hh) / hh - 1;
  let factorial = 1;
  for (let k = 1; k <= nodes.length; k++) {
    right.push((phi * factorial) / bh);
    factorial *= k + 1;
    phi = phi / hh - 1 / factorial;
  }
  return solveLinear(
    nodes.map((_, power) => nodes.map((node) => node ** power)),
    right,
  );
}
