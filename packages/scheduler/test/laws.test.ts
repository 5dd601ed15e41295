import { describe, expect, it } from "vitest";
import { createScheduler, type SchedulerConfig, schedulerClasses } from "../src/index.js";
import { edges, network } from "./diffusers-edges.js";

const plan = (name: string, options: SchedulerConfig, run: { steps: number; strength?: number }) =>
  createScheduler({ ...edges.betas, ...options, _class_name: name }).plan(run);

describe("trailing timesteps", () => {
  // DPM-Solver singlestep has one spacing only; LCM, TCD and PeRFlow take theirs from the distillation.
  const own = ["DPMSolverSinglestepScheduler", "LCMScheduler", "PeRFlowScheduler", "TCDScheduler"];
  const classes = schedulerClasses.filter((name) => !own.includes(name));

  /** Evaluations beyond one for each step: Heun's second ones, and PNDM's repeated start. */
  const extra: Readonly<Record<string, (steps: number) => number>> = {
    HeunDiscreteScheduler: (steps) => steps - 1,
    PNDMScheduler: (steps) => (steps > 1 ? 1 : 0),
  };

  it.each(classes)("of %s are as many as steps, and none is negative", (name) => {
    const options = { timestep_spacing: "trailing", skip_prk_steps: true, clip_sample: false };
    for (let steps = 1; steps <= 1000; steps++) {
      const { timesteps } = plan(name, options, { steps });
      const expected = { length: steps + (extra[name]?.(steps) ?? 0), first: 999, isNegative: false };
      const actual = { length: timesteps.length, first: timesteps[0], isNegative: timesteps.at(-1)! < 0 };
      expect(actual, `${steps} steps`).toEqual(expected);
    }
  });

  it.each(classes)("of %s are refused for more steps than training had", (name) => {
    expect(() => plan(name, { timestep_spacing: "trailing" }, { steps: 1001 })).toThrow(
      expect.objectContaining({ code: "SCHEDULER_PLAN" }),
    );
  });
});

describe("a network that sees the clean image", () => {
  const image = Float32Array.of(0.5, -1, 0.25, 2);
  const noise = Float32Array.of(1, -0.5, 0.75, -2);
  const classes = [
    "DDIMScheduler",
    "DDPMScheduler",
    "DPMSolverMultistepScheduler",
    "DPMSolverSinglestepScheduler",
    "EulerDiscreteScheduler",
    "HeunDiscreteScheduler",
    "LCMScheduler",
    "LMSDiscreteScheduler",
    "UniPCMultistepScheduler",
  ];
  const strengths = [0.1, 0.2, 0.3, 0.5, 0.8, 1];

  it.each(classes)("is followed to that image by %s, whatever the strength", (name) => {
    for (const strength of strengths) {
      const options = { prediction_type: "sample", clip_sample: false };
      const schedule = plan(name, options, { steps: 10, strength });
      let sample = schedule.addNoise(image, noise, 0);
      for (const [index] of schedule.timesteps.entries())
        sample = schedule.step(image, index, sample, () => new Float32Array(4)).sample;
      expect(sample, `strength ${strength}`).toBeAllclose(image, { rtol: 1e-4, atol: 1e-4 });
    }
  });
});

describe("the last step of a schedule that ends at its smallest sigma", () => {
  const spacings = ["", "use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas"];
  const solvers = [
    ["DPMSolverMultistepScheduler", "midpoint"],
    ["DPMSolverMultistepScheduler", "heun"],
    ["DPMSolverSinglestepScheduler", "midpoint"],
    ["DPMSolverSinglestepScheduler", "heun"],
    ["UniPCMultistepScheduler", "bh1"],
    ["UniPCMultistepScheduler", "bh2"],
  ] as const;

  it.each(solvers)("is finite with %s, %s", (name, solver_type) => {
    for (const spacing of spacings) {
      for (const solver_order of [1, 2, 3]) {
        for (const steps of [3, 4, 7, 20]) {
          const options = {
            final_sigmas_type: "sigma_min",
            lower_order_final: false,
            solver_type,
            solver_order,
            ...(spacing && { [spacing]: true }),
          };
          expect(finalSample(name, options, steps), `${JSON.stringify(options)}, ${steps} steps`).toSatisfy(
            allFinite,
          );
        }
      }
    }
  });
});

describe("as many steps as training had", () => {
  it.each(schedulerClasses)("give finite values with %s", (name) => {
    const options = { clip_sample: false, original_inference_steps: 1000, skip_prk_steps: true };
    expect(finalSample(name, { ...options, steps_offset: 0 }, 999)).toSatisfy(allFinite);
    expect(finalSample(name, { ...options, timestep_spacing: "linspace" }, 1000)).toSatisfy(allFinite);
  });
});

const allFinite = (values: Float32Array) => values.every(Number.isFinite);

function finalSample(name: string, options: SchedulerConfig, steps: number): Float32Array {
  const schedule = plan(name, options, { steps });
  let sample: Float32Array = Float32Array.of(0.1, -0.7).map((value) => value * schedule.initNoiseSigma);
  for (const [index, t] of schedule.timesteps.entries()) {
    const output = network(schedule.scaleModelInput(sample, index), t);
    sample = schedule.step(output, index, sample, () => Float32Array.of(0.3, -0.2)).sample;
  }
  return sample;
}

describe("PeRFlow's windows", () => {
  const { plan } = createScheduler({ _class_name: "PeRFlowScheduler" });

  it("share the steps, the first ones more of them", () => {
    expect(plan({ steps: 6 }).timesteps).toEqual([1000, 875, 750, 625, 500, 250]);
  });

  it("need a step each", () => {
    expect(() => plan({ steps: 3 })).toThrow(
      expect.objectContaining({
        code: "SCHEDULER_PLAN",
        message: expect.stringMatching(/3 steps are too few/),
      }),
    );
  });

  it("jump from one end to the other in one step, as the preview of a step within says", () => {
    const start = Float32Array.of(0.5, -1);
    const whole = plan({ steps: 4 }).step(Float32Array.of(0.1, 0.2), 0, start, () => start);
    expect(whole.sample).toBeAllclose(whole.denoised, { atol: 1e-6 });
    const half = plan({ steps: 8 }).step(Float32Array.of(0.1, 0.2), 0, start, () => start);
    expect(half.denoised).toBeAllclose(whole.denoised, { atol: 1e-6 });
    expect(half.sample).not.toBeAllclose(whole.sample, { atol: 1e-3 });
  });
});
