// Noise levels in the variance-exploding view, sigma = sqrt((1 - ᾱ) / ᾱ), and the ways to space them.

import { flag, nullable, number, optionError } from "../options.js";
import { betaQuantile } from "../timesteps/beta-quantile.js";
import { interpolate, linspace } from "../timesteps/grids.js";

const { fround } = Math;

export const sigmaSpacingOptions = {
  use_karras_sigmas: flag(false),
  use_exponential_sigmas: flag(false),
  use_beta_sigmas: flag(false),
  sigma_min: nullable(number(0)),
  sigma_max: nullable(number(0)),
};

export interface SigmaSpacing {
  readonly use_karras_sigmas: boolean;
  readonly use_exponential_sigmas: boolean;
  readonly use_beta_sigmas: boolean;
  readonly sigma_min: number | null;
  readonly sigma_max: number | null;
}

/** The sigma of every training timestep, ascending, in float32. */
export function trainingSigmas(alphasCumprod: Float32Array): Float32Array {
  return alphasCumprod.map((alpha) => Math.sqrt(fround(fround(1 - alpha) / alpha)));
}

/** Sigmas at (fractional) timesteps. */
export function sigmasAt(timesteps: readonly number[], training: Float32Array): number[] {
  return timesteps.map((t) => interpolate(t, training));
}

type SpacingFlag = "use_karras_sigmas" | "use_exponential_sigmas" | "use_beta_sigmas";

/** `count` sigmas from `max` down to `min`, by the flag of the config that asks for them. */
const spacings: Record<SpacingFlag, (min: number, max: number, count: number) => number[]> = {
  // Karras et al. 2022 (arXiv 2206.00364), equation 5, with rho = 7.
  use_karras_sigmas: (min, max, count) => {
    const [from, to] = [max ** (1 / 7), min ** (1 / 7)];
    return linspace(0, 1, count).map((ramp) => (from + ramp * (to - from)) ** 7);
  },
  use_exponential_sigmas: (min, max, count) => linspace(Math.log(max), Math.log(min), count).map(Math.exp),
  // "Beta Sampling is All You Need", arXiv 2407.12173, with alpha = beta = 0.6.
  use_beta_sigmas: (min, max, count) =>
    linspace(0, 1, count).map((ramp) => min + betaQuantile(1 - ramp, 0.6, 0.6) * (max - min)),
};

const spacingFlags = Object.keys(spacings) as SpacingFlag[];

/** Throws `SCHEDULER_OPTION` when two spacings are asked for at once. */
export function checkSigmaSpacing(scheduler: string, options: SigmaSpacing): void {
  const [first, second] = spacingFlags.filter((name) => options[name]);
  if (first && second) {
    throw optionError(
      scheduler,
      second,
      true,
      `together with ${first}: only one spacing of sigmas can be used`,
    );
  }
}

/** Tells whether the config asks for sigmas that do not follow from timesteps. */
export function hasOwnSigmas(options: SigmaSpacing): boolean {
  return spacingFlags.some((name) => options[name]);
}

/** The spacing that the config asks for, between its bounds or else `max` and `min`; undefined if it asks for none. */
export function spacedSigmas(
  options: SigmaSpacing,
  max: number,
  min: number,
  count: number,
): number[] | undefined {
  const name = spacingFlags.find((flagName) => options[flagName]);
  return name && spacings[name](options.sigma_min ?? min, options.sigma_max ?? max, count);
}

/**
 * Returns how many of the `count` levels up to `index` a multistep method can use: those before two equal ones, between
 * which no slope is defined. Levels are equal where timesteps that were rounded fall together.
 */
export function distinctCount(levels: ArrayLike<number>, index: number, count: number): number {
  let distinct = 1;
  while (distinct < count && levels[index - distinct] !== levels[index - distinct + 1]) distinct++;
  return distinct;
}

/** The timestep of a sigma: linear in log sigma between training timesteps. `logSigmas`: ascending, float32. */
export function timestepOfSigma(sigma: number, logSigmas: Float32Array): number {
  const logSigma = Math.log(Math.max(sigma, 1e-10));
  let below = logSigmas.length - 1;
  while (below > 0 && logSigma < logSigmas[below]!) below--;
  const low = Math.min(below, logSigmas.length - 2);
  const share = (logSigmas[low]! - logSigma) / fround(logSigmas[low]! - logSigmas[low + 1]!);
  const weight = Math.min(Math.max(share, 0), 1);
  return (1 - weight) * low + weight * (low + 1);
}
