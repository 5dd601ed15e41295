// Formulas of DPM-Solver (Lu et al. 2022, arXiv 2206.00927, noise prediction) and DPM-Solver++ (arXiv 2211.01095,
// data prediction), and of their stochastic variants, as coefficients of one update
// sample * x + d0 * D0 + d1 * D1 + d2 * D2 + noise * z, where the D are estimates of the model and its derivatives.

import type { Level } from "../noise/solver-schedule.js";
import { type Option, oneOf, optionError } from "../options.js";
import { threshold } from "./clipping.js";
import { combine } from "./linear-combination.js";
import { cleanSample, noiseOf, type PredictionType } from "./prediction.js";

export type Algorithm = "dpmsolver" | "dpmsolver++" | "sde-dpmsolver" | "sde-dpmsolver++";
export type SolverType = "midpoint" | "heun";

/** A DDPM's choice, without effect here; but a network that learned its variance has twice the channels. */
const knownVariance: Option<null> = {
  fallback: null,
  expects: "a variance that is not learned",
  read: (value) => (String(value).startsWith("learned") ? undefined : null),
};

/** "deis" and UniPC's names come with configs of other schedulers and are read as diffusers reads them. */
export const dpmSolverOptions = <A extends Algorithm>(algorithms: readonly A[]) => ({
  algorithm_type: oneOf<Algorithm | "deis">("dpmsolver++", [...algorithms, "deis"]),
  solver_type: oneOf<SolverType>("midpoint", ["midpoint", "heun"], {
    logrho: "midpoint",
    bh1: "midpoint",
    bh2: "midpoint",
  }),
  variance_type: knownVariance,
});

/** Data prediction: the solver integrates the clean sample instead of the noise. */
export const predictsData = (algorithm: Algorithm | "deis") =>
  algorithm !== "dpmsolver" && algorithm !== "sde-dpmsolver";

export const isStochastic = (algorithm: Algorithm | "deis") => algorithm.startsWith("sde-");

interface SolverChoice {
  readonly algorithm_type: Algorithm | "deis";
  readonly final_sigmas_type: "zero" | "sigma_min";
}

/** Only DPM-Solver++ can step to a sigma of zero. diffusers judges "deis" before it reads it as "dpmsolver++". */
export function checkFinalSigma(scheduler: string, options: SolverChoice): void {
  const { algorithm_type, final_sigmas_type } = options;
  if (final_sigmas_type === "sigma_min" || algorithm_type.endsWith("dpmsolver++")) return;
  throw optionError(
    scheduler,
    "final_sigmas_type",
    final_sigmas_type,
    `which algorithm_type "${algorithm_type}" cannot step to: use "sigma_min"`,
  );
}

interface Conversion {
  readonly prediction_type: PredictionType;
  readonly thresholding: boolean;
  readonly dynamic_thresholding_ratio: number;
  readonly sample_max_value: number;
}

export interface Converted {
  /** The quantity that the solver integrates: the clean sample or the noise. */
  readonly model: Float32Array;
  readonly denoised: Float32Array;
}

/** The network's output as the clean sample (`data`) or the noise, with thresholding if the config asks for it. */
export function convertOutput(
  options: Conversion,
  data: boolean,
  { alpha, sigma }: Level,
  output: Float32Array,
  sample: Float32Array,
  batch: number,
): Converted {
  const toClean = cleanSample[options.prediction_type](alpha, sigma);
  const predicted = combine([toClean.sample, sample], [toClean.output, output]);
  const denoised = threshold(predicted, options, batch);
  if (data) return { model: denoised, denoised };
  if (options.thresholding) {
    return { model: combine([1 / sigma, sample], [-alpha / sigma, denoised]), denoised };
  }
  const toNoise = noiseOf[options.prediction_type](alpha, sigma);
  return { model: combine([toNoise.sample, sample], [toNoise.output, output]), denoised };
}

interface Coefficients {
  readonly sample: number;
  readonly d0: number;
  /** For D1 in a midpoint update, which stands for the mean of the two ends. */
  midpoint(): number;
  /** For D1 in a Heun update or one of third order. */
  heun(): number;
  d2(): number;
  readonly noise: number;
}

/** From level s to level t. */
type Rule = (s: Level, t: Level) => Coefficients;

const dataRule: Rule = (s, t) => {
  const h = t.lambda - s.lambda;
  const e = Math.expm1(-h);
  return {
    sample: t.sigma / s.sigma,
    d0: -t.alpha * e,
    midpoint: () => -0.5 * t.alpha * e,
    heun: () => t.alpha * (e / h + 1),
    d2: () => -t.alpha * ((e + h) / h ** 2 - 0.5),
    noise: 0,
  };
};

const rules: Record<Algorithm | "deis", Rule> = {
  // arXiv 2211.01095, equation 9 and appendix B.
  "dpmsolver++": dataRule,
  deis: dataRule,
  // arXiv 2206.00927, equations 3.7 and B.2.
  dpmsolver: (s, t) => {
    const h = t.lambda - s.lambda;
    const e = Math.expm1(h);
    return {
      sample: t.alpha / s.alpha,
      d0: -t.sigma * e,
      midpoint: () => -0.5 * t.sigma * e,
      heun: () => -t.sigma * (e / h - 1),
      d2: () => -t.sigma * ((e - h) / h ** 2 - 0.5),
      noise: 0,
    };
  },
  // arXiv 2211.01095, section 5 (SDE-DPM-Solver++).
  "sde-dpmsolver++": (s, t) => {
    const h = t.lambda - s.lambda;
    const q = -Math.expm1(-2 * h);
    return {
      sample: (t.sigma / s.sigma) * Math.exp(-h),
      d0: t.alpha * q,
      midpoint: () => 0.5 * t.alpha * q,
      heun: () => t.alpha * (q / (-2 * h) + 1),
      d2: () => t.alpha * ((q - 2 * h) / (2 * h) ** 2 - 0.5),
      noise: t.sigma * Math.sqrt(q),
    };
  },
  // arXiv 2211.01095, section 5 (SDE-DPM-Solver); no third order.
  "sde-dpmsolver": (s, t) => {
    const h = t.lambda - s.lambda;
    const e = Math.expm1(h);
    return {
      sample: t.alpha / s.alpha,
      d0: -2 * t.sigma * e,
      midpoint: () => -t.sigma * e,
      heun: () => -2 * t.sigma * (e / h - 1),
      d2: () => Number.NaN,
      noise: t.sigma * Math.sqrt(Math.expm1(2 * h)),
    };
  },
};

/** The model at the start of the update, and its first and second derivative as far as the order needs them. */
export type Derivatives =
  | readonly [d0: Float32Array]
  | readonly [d0: Float32Array, d1: Float32Array]
  | readonly [d0: Float32Array, d1: Float32Array, d2: Float32Array];

/** `rule`: how D1 is weighed. Third-order updates use "heun". */
export function solverUpdate(
  algorithm: Algorithm | "deis",
  rule: SolverType,
  from: Level,
  to: Level,
  sample: Float32Array,
  [d0, d1, d2]: Derivatives,
  noise: Float32Array | undefined,
): Float32Array {
  // A step of no length: the quotients of the Heun rule would be 0 / 0.
  if (from.lambda === to.lambda) return sample;
  const c = rules[algorithm](from, to);
  return combine(
    [c.sample, sample],
    [c.d0, d0],
    ...(d1 ? [[c[rule](), d1] as const] : []),
    ...(d2 ? [[c.d2(), d2] as const] : []),
    ...(noise ? [[c.noise, noise] as const] : []),
  );
}
