// DPM-Solver++ as a singlestep method: Lu et al. 2022, arXiv 2211.01095, algorithm 1 (2S), and arXiv 2206.00927,
// algorithms 1 and 2. A step of order k spans k timesteps, with one evaluation at each.

import { defineScheduler } from "../define-scheduler.js";
import { alphasCumprod, noiseScheduleOptions } from "../noise/noise-schedule.js";
import { checkSigmaSpacing, sigmaSpacingOptions, trainingSigmas } from "../noise/sigmas.js";
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

const name = "DPMSolverSinglestepScheduler";
const { use_lu_lambdas: _, ...singlestepOptions } = solverOptions;

export const dpmSolverSinglestep = defineScheduler({
  name,
  options: {
    ...noiseScheduleOptions(),
    ...sigmaSpacingOptions,
    ...thresholdingOptions,
    ...singlestepOptions,
    ...dpmSolverOptions(["dpmsolver", "dpmsolver++", "sde-dpmsolver++"]),
    solver_order: oneOfNumbers(2, [1, 2, 3]),
    lower_order_final: flag(false),
    lambda_min_clipped: lowerBound,
    prediction_type: predictionOption,
  },
  needsNoise: (options) => isStochastic(options.algorithm_type),
  takes: ["timesteps"],
  check(options) {
    checkSigmaSpacing(name, options);
    checkFinalSigma(name, options);
    if (options.thresholding && options.algorithm_type === "dpmsolver") {
      throw optionError(name, "thresholding", true, `which algorithm_type "dpmsolver" does not have here`);
    }
  },
  start(options, run) {
    const training = trainingSigmas(alphasCumprod(options));
    const clipped = clippedCount(training, options.lambda_min_clipped);
    const spacing = {
      timestep_spacing: "linspace",
      steps_offset: 0,
      use_lu_lambdas: false,
      roundsTimesteps: true,
    } as const;
    const { timesteps, sigmas: spaced } = solverSchedule(
      name,
      { ...options, ...spacing },
      run,
      training,
      clipped,
    );
    const sigmas = Float32Array.from([...spaced, options.final_sigmas_type === "zero" ? 0 : training[0]!]);
    const levels = Array.from(sigmas, levelOf);
    const orders = singlestepOrders(run.steps, options);
    const { algorithm_type, solver_order, solver_type } = options;
    const data = predictsData(algorithm_type);

    return () => {
      /** Newest first. */
      const models: Float32Array[] = [];
      let base: Float32Array | undefined;

      /** Differences against the oldest evaluation of the step, which is where the step began. */
      function derivatives(order: number, index: number): Derivatives {
        const lambda = (back: number) => levels[index - back]!.lambda;
        const [m0, m1, m2] = models;
        if (order === 1) return [m0!];
        const h = lambda(-1) - lambda(order - 1);
        const r0 = (lambda(0) - lambda(order - 1)) / h;
        if (order === 2) return [m1!, combine([1 / r0, m0!], [-1 / r0, m1!])];
        const r1 = (lambda(1) - lambda(2)) / h;
        const early = combine([1 / r1, m1!], [-1 / r1, m2!]);
        const late = combine([1 / r0, m0!], [-1 / r0, m2!]);
        if (solver_type === "midpoint") return [m2!, late];
        const width = r0 - r1;
        return [
          m2!,
          combine([r0 / width, early], [-r1 / width, late]),
          combine([2 / width, late], [-2 / width, early]),
        ];
      }

      return {
        timesteps,
        sigmas,
        initNoiseSigma: 1,
        step(output, index, sample, noise) {
          const { model, denoised } = convertOutput(options, data, levels[index]!, output, sample, run.batch);
          models.unshift(model);
          models.length = Math.min(models.length, solver_order);
          // A run that strength cut in the middle of a step has fewer evaluations than the order wants.
          const order = Math.min(orders[index]!, models.length);
          if (order === 1 || !base) base = sample;
          const next = solverUpdate(
            algorithm_type,
            order === 3 ? "heun" : solver_type,
            levels[index - order + 1]!,
            levels[index + 1]!,
            base,
            derivatives(order, index),
            isStochastic(algorithm_type) ? noise() : undefined,
          );
          return { sample: next, denoised };
        },
        addNoise: (original, noise, index) => addLevel(levels[index]!, original, noise),
      };
    };
  },
});

interface OrderOptions {
  readonly solver_order: 1 | 2 | 3;
  readonly lower_order_final: boolean;
  readonly final_sigmas_type: "zero" | "sigma_min";
}

/** Returns the position of each evaluation within its step: 1, 2, … up to the order, with lower orders at the end. */
function singlestepOrders(steps: number, options: OrderOptions): number[] {
  const { solver_order: order, final_sigmas_type } = options;
  const endsAtZero = final_sigmas_type === "zero";
  const orders = Array.from({ length: steps }, (_, i) => (i % order) + 1);
  // Uneven steps end at a lower order by themselves.
  const isEven = steps % order === 0;
  if (endsAtZero || (options.lower_order_final && isEven)) orders[steps - 1] = 1;
  return orders;
}
