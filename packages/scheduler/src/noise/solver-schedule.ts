// Shared by the exponential integrators (DPM-Solver, UniPC): a schedule of sigmas that is read as
// sample = alpha * clean + sigma * noise with alpha^2 + sigma^2 = 1.

import { roundHalfToEven } from "@sunstep/tensor";
import type { Run } from "../define-scheduler.js";
import { flag, oneOf, only, optionError } from "../options.js";
import { combine } from "../steps/linear-combination.js";
import { linspace } from "../timesteps/grids.js";
import { openSpacedTimesteps, type TimestepSpacing } from "../timesteps/timestep-spacing.js";
import { logFloat32 } from "./log-float32.js";
import { hasOwnSigmas, type SigmaSpacing, sigmasAt, spacedSigmas, timestepOfSigma } from "./sigmas.js";

export const solverOptions = {
  final_sigmas_type: oneOf("zero", ["zero", "sigma_min"]),
  use_flow_sigmas: only(false),
  use_dynamic_shifting: only(false),
  use_lu_lambdas: flag(false),
};

/** A noise level; lambda is half the log signal-to-noise ratio. */
export interface Level {
  readonly alpha: number;
  readonly sigma: number;
  readonly lambda: number;
}

export function levelOf(sigma: number): Level {
  const alpha = 1 / Math.sqrt(sigma ** 2 + 1);
  return { alpha, sigma: sigma * alpha, lambda: -Math.log(sigma) };
}

export function addLevel(level: Level, original: Float32Array, noise: Float32Array): Float32Array {
  return combine([level.alpha, original], [level.sigma, noise]);
}

interface SolverSpacing extends SigmaSpacing {
  readonly num_train_timesteps: number;
  readonly timestep_spacing: TimestepSpacing;
  readonly steps_offset: number;
  readonly use_lu_lambdas: boolean;
  /** True to round timesteps of Karras and Lu sigmas; those of other spacings are always cut, as in diffusers. */
  readonly roundsTimesteps: boolean;
}

export interface SolverSchedule {
  readonly timesteps: readonly number[];
  readonly sigmas: readonly number[];
}

/**
 * Integer timesteps and one sigma for each. `clipped`: how many of the noisiest training timesteps are not used.
 */
export function solverSchedule(
  scheduler: string,
  options: SolverSpacing,
  run: Run,
  training: Float32Array,
  clipped = 0,
): SolverSchedule {
  if (run.timesteps && (hasOwnSigmas(options) || options.use_lu_lambdas)) {
    throw optionError(scheduler, "use_*_sigmas", true, "which cannot be used with custom timesteps");
  }
  const max = training.at(-1)!;
  const min = training[0]!;
  const spaced =
    options.use_lu_lambdas && !options.use_karras_sigmas
      ? luSigmas(min, max, run.steps)
      : spacedSigmas(options, max, min, run.steps);
  if (!spaced) {
    const last = options.num_train_timesteps - clipped;
    const timesteps = run.timesteps?.map(Math.trunc) ?? openSpacedTimesteps(options, run.steps, last);
    return { timesteps, sigmas: sigmasAt(timesteps, training) };
  }
  const rounds = options.roundsTimesteps && (options.use_karras_sigmas || options.use_lu_lambdas);
  const logSigmas = training.map(logFloat32);
  const timesteps = spaced.map((sigma) => timestepOfSigma(sigma, logSigmas));
  return { timesteps: timesteps.map(rounds ? roundHalfToEven : Math.trunc), sigmas: spaced };
}

/** Lu et al. 2022 (arXiv 2206.00927), section 3.4: even steps in lambda. */
function luSigmas(min: number, max: number, count: number): number[] {
  const [from, to] = [logFloat32(max), logFloat32(min)];
  return linspace(0, 1, count).map((ramp) => Math.exp(from + ramp * (to - from)));
}

/** Number of training timesteps whose lambda is below the bound (`lambda_min_clipped`). */
export function clippedCount(training: Float32Array, lambdaMin: number): number {
  return training.reduce((count, sigma) => count + (-Math.log(sigma) < lambdaMin ? 1 : 0), 0);
}
