// DPM-Solver++ as a multistep method: Lu et al. 2022, arXiv 2211.01095, algorithm 2 (2M) and its third-order form.

import { defineScheduler } from "../define-scheduler.js";
import { alphasCumprod, noiseScheduleOptions } from "../noise/noise-schedule.js";
import { checkSigmaSpacing, distinctCount, sigmaSpacingOptions, trainingSigmas } from "../noise/sigmas.js";
import { addLevel, clippedCount, levelOf, solverOptions, solverSchedule } from "../noise/solver-schedule.js";
import { flag, lowerBound, oneOfNumbers, optionError } from "../options.js";
import { thresholdingOptions } from "../steps/clipping.js";
import {
  checkFinalSigma,
  convertOutput,
  type Derivatives,
  dpmSolverOptions,
  isStochastic,
  predictsData,
  solverUpdate,
} from "../steps/dpm-solver.js";
import { combine } from "../steps/linear-combination.js";
import { predictionOption } from "../steps/prediction.js";
import { spacingOptions } from "../timesteps/timestep-spacing.js";

const name = "DPMSolverMultistepScheduler";
/** ᾱ of the last timestep with rescale_betas_zero_snr, where sigma would be infinite. */
const TERMINAL_ALPHA = 2 ** -24;
/** Below this many steps the last ones are of lower order, for stability. */
const FEW_STEPS = 15;

export const dpmSolverMultistep = defineScheduler({
  name,
  options: {
    ...noiseScheduleOptions(),
    ...spacingOptions("linspace"),
    ...sigmaSpacingOptions,
    ...thresholdingOptions,
    ...solverOptions,
    ...dpmSolverOptions(["dpmsolver", "dpmsolver++", "sde-dpmsolver", "sde-dpmsolver++"]),
    solver_order: oneOfNumbers(2, [1, 2, 3]),
    lower_order_final: flag(true),
    euler_at_final: flag(false),
    lambda_min_clipped: lowerBound,
    prediction_type: predictionOption,
    rescale_betas_zero_snr: flag(false),
  },
  needsNoise: (options) => isStochastic(options.algorithm_type),
  takes: ["timesteps"],
  check(options) {
    checkSigmaSpacing(name, options);
    checkFinalSigma(name, options);
    if (options.algorithm_type === "sde-dpmsolver" && options.solver_order === 3) {
      throw optionError(name, "solver_order", 3, `which algorithm_type "sde-dpmsolver" does not have`);
    }
  },
  start(options, run) {
    const training = trainingSigmas(alphasCumprod(options, TERMINAL_ALPHA));
    const clipped = clippedCount(training, options.lambda_min_clipped);
    // Unlike in DPM-Solver singlestep and UniPC, diffusers cuts Karras and Lu timesteps of cosine betas here.
    const spacing = { ...options, roundsTimesteps: options.beta_schedule !== "squaredcos_cap_v2" };
    const { timesteps, sigmas: spaced } = solverSchedule(name, spacing, run, training, clipped);
    const sigmas = Float32Array.from([...spaced, options.final_sigmas_type === "zero" ? 0 : training[0]!]);
    const levels = Array.from(sigmas, levelOf);
    const { algorithm_type, solver_order, solver_type } = options;
    const data = predictsData(algorithm_type);
    const count = timesteps.length;

    /** Order of step `index` when `models` outputs, the newest included, are at hand. */
    function orderOf(index: number, models: number): number {
      const known = distinctCount(sigmas, index, models);
      const lowersFinal = options.lower_order_final && count < FEW_STEPS;
      const endsFirstOrder = options.euler_at_final || lowersFinal || options.final_sigmas_type === "zero";
      if (index === count - 1 && endsFirstOrder) return 1;
      if (index === count - 2 && lowersFinal) return Math.min(solver_order, known, 2);
      return Math.min(solver_order, known);
    }

    /** Finite differences of the model outputs m, newest first, over the steps before `index`. */
    function derivatives(order: number, index: number, [m0, m1, m2]: readonly Float32Array[]): Derivatives {
      const lambda = (back: number) => levels[index - back]!.lambda;
      const h = lambda(-1) - lambda(0);
      if (order === 1) return [m0!];
      const r0 = (lambda(0) - lambda(1)) / h;
      const near = combine([1 / r0, m0!], [-1 / r0, m1!]);
      if (order === 2) return [m0!, near];
      const r1 = (lambda(1) - lambda(2)) / h;
      const far = combine([1 / r1, m1!], [-1 / r1, m2!]);
      const lean = r0 / (r0 + r1);
      const bend = 1 / (r0 + r1);
      return [m0!, combine([1 + lean, near], [-lean, far]), combine([bend, near], [-bend, far])];
    }

    return () => {
      /** Newest first. */
      const models: Float32Array[] = [];
      return {
        timesteps,
        sigmas,
        initNoiseSigma: 1,
        step(output, index, sample, noise) {
          const { model, denoised } = convertOutput(options, data, levels[index]!, output, sample, run.batch);
          models.unshift(model);
          models.length = Math.min(models.length, solver_order);
          const order = orderOf(index, models.length);
          const next = solverUpdate(
            algorithm_type,
            order === 3 ? "heun" : solver_type,
            levels[index]!,
            levels[index + 1]!,
            sample,
            derivatives(order, index, models),
            isStochastic(algorithm_type) ? noise() : undefined,
          );
          return { sample: next, denoised };
        },
        addNoise: (original, noise, index) => addLevel(levels[index]!, original, noise),
      };
    };
  },
});
