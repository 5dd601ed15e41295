// If the data are Gaussian with deviation s, the best network is known, and so is the exact path of a sample:
// it stays proportional to the deviation of the noisy data (Karras et al. 2022, appendix B.3). Solvers must come to
// that path as fast as their order says; this also covers the types that no reference case has.

import { describe, expect, it } from "vitest";
import { createScheduler, type SchedulerConfig } from "../src/index.js";

const S = 0.7;

/** alpha and sigma of the variance-preserving view. */
function level(sigma: number) {
  const alpha = 1 / Math.sqrt(sigma ** 2 + 1);
  return { alpha, sigma: sigma * alpha };
}

const spread = (sigma: number) => {
  const { alpha, sigma: noise } = level(sigma);
  return Math.hypot(alpha * S, noise);
};

/** Relative error at the end of a run. */
function errorOf(config: SchedulerConfig, steps: number): number {
  const schedule = createScheduler({
    beta_start: 0.00085,
    beta_end: 0.012,
    beta_schedule: "scaled_linear",
    final_sigmas_type: "sigma_min",
    sigma_min: 0.3,
    sigma_max: 3,
    use_exponential_sigmas: true,
    lower_order_final: false,
    ...config,
  }).plan({ steps });
  const sigmas = schedule.sigmas!;
  const end = sigmas.at(-2)!;
  let sample: Float32Array = Float32Array.of(spread(sigmas[0]!));
  // The last step goes on to the training range's smallest sigma and is left out.
  for (let i = 0; i < steps - 1; i++) {
    const { sigma } = level(sigmas[i]!);
    const noise = sample.map((x) => (x * sigma) / spread(sigmas[i]!) ** 2);
    sample = schedule.step(noise, i, sample, () => new Float32Array(1)).sample;
  }
  return Math.abs(sample[0]! / spread(end) - 1);
}

const multistep = ["dpmsolver", "dpmsolver++"].flatMap((algorithm_type) =>
  [1, 2, 3].flatMap((solver_order) =>
    ["midpoint", "heun"].map((solver_type) => ({ algorithm_type, solver_order, solver_type })),
  ),
);
const unipc = [true, false].flatMap((predict_x0) =>
  [1, 2, 3].flatMap((solver_order) =>
    ["bh1", "bh2"].map((solver_type) => ({ predict_x0, solver_order, solver_type })),
  ),
);
/** A solver and the order of its global error; a multistep method's first step is of order 1, which costs the third. */
const solvers: [order: number, config: SchedulerConfig][] = [
  ...multistep.map((options): [number, SchedulerConfig] => [
    Math.min(options.solver_order, 2),
    { _class_name: "DPMSolverMultistepScheduler", ...options },
  ]),
  ...multistep.map((options): [number, SchedulerConfig] => [
    options.solver_order,
    { _class_name: "DPMSolverSinglestepScheduler", ...options },
  ]),
  ...unipc.map((options): [number, SchedulerConfig] => [
    Math.min(options.solver_order + 1, 3),
    { _class_name: "UniPCMultistepScheduler", ...options },
  ]),
];

describe("on Gaussian data the error falls with the solver's order", () => {
  it.each(solvers.map(([order, config]) => [order, Object.values(config).join(" "), config] as const))(
    "%i: %s",
    (order, _, config) => {
      const [coarse, fine] = [errorOf(config, 25), errorOf(config, 49)];
      expect(coarse).toBeLessThan([0, 2e-2, 2e-3, 2e-4][order]!);
      // 1.3: the leading term is not all of it. 2e-6: float32.
      expect(fine).toBeLessThan((1.3 * coarse) / 2 ** order + 2e-6);
    },
  );
});
