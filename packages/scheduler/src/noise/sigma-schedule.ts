// Shared by the schedulers of Karras et al. 2022 (arXiv 2206.00364): samples are clean + sigma * noise, and the
// network sees them scaled to unit variance.

import type { Run } from "../define-scheduler.js";
import { optionError } from "../options.js";
import { combine } from "../steps/linear-combination.js";
import { spacedTimesteps, type TimestepSpacing } from "../timesteps/timestep-spacing.js";
import { logFloat32 } from "./log-float32.js";
import { hasOwnSigmas, type SigmaSpacing, sigmasAt, spacedSigmas, timestepOfSigma } from "./sigmas.js";

export interface SigmaSchedule {
  readonly timesteps: readonly number[];
  readonly sigmas: readonly number[];
}

interface SpacingOptions extends SigmaSpacing {
  readonly timestep_spacing: TimestepSpacing;
  readonly steps_offset: number;
  readonly num_train_timesteps: number;
}

/** Timesteps of the run, float32, not rounded to integers. */
export function fractionalTimesteps(scheduler: string, options: SpacingOptions, run: Run): number[] {
  if (run.timesteps && hasOwnSigmas(options)) {
    throw optionError(scheduler, "use_*_sigmas", true, "which cannot be used with custom timesteps");
  }
  return (run.timesteps ?? spacedTimesteps(options, run.steps)).map(Math.fround);
}

/** The sigmas of `timesteps`; or the spacing that the config asks for between their ends, and its timesteps. */
export function respacedSchedule(
  options: SpacingOptions,
  timesteps: readonly number[],
  training: Float32Array,
  sigmas = sigmasAt(timesteps, training),
): SigmaSchedule {
  const spaced = spacedSigmas(options, sigmas[0]!, sigmas.at(-1)!, timesteps.length);
  if (!spaced) return { timesteps, sigmas };
  const logSigmas = training.map(logFloat32);
  return { timesteps: spaced.map((sigma) => Math.fround(timestepOfSigma(sigma, logSigmas))), sigmas: spaced };
}

/** The first sample's deviation: with "leading" timesteps the schedule starts below pure noise, which it adds. */
export function initNoiseSigmaOf(spacing: TimestepSpacing, sigmas: Float32Array): number {
  const max = sigmas.reduce((a, b) => Math.max(a, b));
  return spacing === "leading" ? Math.sqrt(max ** 2 + 1) : max;
}

/** Section 5: c_in. */
export function unitVariance(sample: Float32Array, sigma: number): Float32Array {
  return combine([1 / Math.sqrt(sigma ** 2 + 1), sample]);
}
