// The forward process: betas and their cumulative alphas, in float32 as diffusers holds them.

import { integer, nullable, number, numbers, type Option, oneOf } from "../options.js";
import { linspaceFloat32 } from "../timesteps/grids.js";

const { fround } = Math;

export type BetaSchedule = "linear" | "scaled_linear" | "squaredcos_cap_v2" | "laplace" | "sigmoid" | "exp";

/** A number for each is computed; models have 1000. */
const MOST_TIMESTEPS = 1_000_000;

const commonSchedules: readonly BetaSchedule[] = ["linear", "scaled_linear", "squaredcos_cap_v2"];

interface BetaDefaults {
  readonly beta_start: number;
  readonly beta_end: number;
  readonly beta_schedule: BetaSchedule;
}

/** The options of the forward process; `more` names schedules that only some classes have. */
export const noiseScheduleOptions = (
  defaults: BetaDefaults = { beta_start: 0.0001, beta_end: 0.02, beta_schedule: "linear" },
  more: readonly BetaSchedule[] = [],
) => ({
  num_train_timesteps: integer(1000, 1, MOST_TIMESTEPS),
  beta_start: number(defaults.beta_start),
  beta_end: number(defaults.beta_end),
  beta_schedule: oneOf(defaults.beta_schedule, [...commonSchedules, ...more]),
  trained_betas: nullable(numbers) as Option<readonly number[] | null>,
});

/** The defaults of LCM and TCD: those of Stable Diffusion. */
export const stableDiffusionBetas: BetaDefaults = {
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: "scaled_linear",
};

interface NoiseSchedule {
  readonly num_train_timesteps: number;
  readonly beta_start: number;
  readonly beta_end: number;
  readonly beta_schedule: BetaSchedule;
  readonly trained_betas: readonly number[] | null;
  readonly rescale_betas_zero_snr?: boolean;
}

type BetaRule = (count: number, start: number, end: number) => Float32Array;

const betaRules: Record<BetaSchedule, BetaRule> = {
  linear: (count, start, end) => linspaceFloat32(start, end, count),
  scaled_linear: (count, start, end) =>
    linspaceFloat32(Math.sqrt(start), Math.sqrt(end), count).map((root) => root * root),
  squaredcos_cap_v2: (count) => betasOf(count, (t) => Math.cos((((t + 0.008) / 1.008) * Math.PI) / 2) ** 2),
  exp: (count) => betasOf(count, (t) => Math.exp(-12 * t)),
  laplace: (count) =>
    betasOf(count, (t) => {
      const lambda = -0.5 * (t > 0.5 ? -1 : 1) * Math.log(1 - 2 * Math.abs(0.5 - t) + 1e-6);
      const snr = Math.exp(lambda);
      return Math.sqrt(snr / (1 + snr));
    }),
  sigmoid: (count, start, end) =>
    linspaceFloat32(-6, 6, count).map(
      (x) => fround(fround(1 / (1 + Math.exp(-x))) * fround(end - start)) + start,
    ),
};

/** Betas whose cumulative alphas follow `alphaBar` (Nichol and Dhariwal 2021, eq. 17), capped at 0.999. */
function betasOf(count: number, alphaBar: (t: number) => number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) =>
    Math.min(1 - alphaBar((i + 1) / count) / alphaBar(i / count), 0.999),
  );
}

/**
 * Cumulative products of 1 - beta, one per training timestep. With `rescale_betas_zero_snr` the last one is 0, or
 * `terminal` where a scheduler divides by it.
 */
export function alphasCumprod(schedule: NoiseSchedule, terminal = 0): Float32Array {
  const { trained_betas, beta_schedule, num_train_timesteps, beta_start, beta_end } = schedule;
  const betas = trained_betas
    ? Float32Array.from(trained_betas)
    : betaRules[beta_schedule](num_train_timesteps, beta_start, beta_end);
  if (!schedule.rescale_betas_zero_snr) return cumulative(betas);
  const products = cumulative(zeroTerminalSnr(betas));
  if (terminal > 0) products[products.length - 1] = terminal;
  return products;
}

/** torch.cumprod of 1 - betas: the running product is a float64, each result a float32. */
function cumulative(betas: Float32Array): Float32Array {
  let product = 1;
  return betas.map((beta) => {
    product *= fround(1 - beta);
    return product;
  });
}

/** Lin et al. 2023 (arXiv 2305.08891), algorithm 1. */
function zeroTerminalSnr(betas: Float32Array): Float32Array {
  const roots = cumulative(betas).map(Math.sqrt);
  const last = roots[roots.length - 1]!;
  const scale = fround(roots[0]! / fround(roots[0]! - last));
  const products = roots.map((root) => fround(fround(root - last) * scale) ** 2);
  return products.map((product, i) => 1 - (i === 0 ? product : fround(product / products[i - 1]!)));
}
