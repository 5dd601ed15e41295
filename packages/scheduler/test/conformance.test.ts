// One suite that every scheduler passes: diffusers' trajectories, and the laws of a schedule.

import { readFileSync } from "node:fs";
import { fixture, referenceCases } from "@sunstep/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createScheduler, type PlanOptions, type Schedule, schedulerClasses } from "../src/index.js";
import { kind, planCase, type SchedulerCase } from "./reference-case.js";

const cases = referenceCases(kind.kind);
const { rejected: refusedCases } = JSON.parse(readFileSync(fixture("schedulers/cases.json"), "utf8")) as {
  readonly rejected: readonly SchedulerCase[];
};

const stableDiffusion = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: "scaled_linear" };
const clipsNothing = { clip_sample: false, thresholding: false };

function run(schedule: Schedule, start: Float32Array, seed = 1): Float32Array {
  let state = seed;
  const pseudo = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  };
  let sample = start;
  for (const [i, t] of schedule.timesteps.entries()) {
    const scale = 0.3 * Math.cos(t);
    const output = schedule.scaleModelInput(sample, i).map((value) => value * scale);
    sample = schedule.step(output, i, sample, () => start.map(pseudo)).sample;
  }
  return sample;
}

/** Run options and a value of each. */
const planOptions: Readonly<Omit<Required<PlanOptions>, "steps" | "strength" | "batch">> = {
  timesteps: [800, 400, 0],
  sigmas: [10, 1, 0],
  eta: 0.5,
  useClippedModelOutput: true,
  sChurn: 0.5,
  sTmin: 0.1,
  sTmax: 9,
  sNoise: 1.01,
  order: 2,
  originalInferenceSteps: 50,
  teacherStrength: 0.6,
};

/** Options that diffusers 0.42.1 has for each class: parameters of set_timesteps and step. */
const taken: Readonly<Record<string, readonly (keyof typeof planOptions)[]>> = {
  DDIMScheduler: ["eta", "useClippedModelOutput"],
  DDPMScheduler: ["timesteps"],
  DPMSolverMultistepScheduler: ["timesteps"],
  DPMSolverSinglestepScheduler: ["timesteps"],
  EulerAncestralDiscreteScheduler: [],
  EulerDiscreteScheduler: ["timesteps", "sigmas", "sChurn", "sTmin", "sTmax", "sNoise"],
  HeunDiscreteScheduler: ["timesteps"],
  LCMScheduler: ["timesteps", "originalInferenceSteps", "teacherStrength"],
  LMSDiscreteScheduler: ["order"],
  PNDMScheduler: [],
  TCDScheduler: ["eta", "timesteps", "originalInferenceSteps", "teacherStrength"],
  UniPCMultistepScheduler: [],
  // The authors' class, which diffusers lacks.
  PeRFlowScheduler: [],
};

const refused = (code: string) => expect.objectContaining({ code });

describe.each([...schedulerClasses])("%s", (name) => {
  const own = cases.filter((entry) => entry.group === `scheduler/${name}`);
  const scheduler = createScheduler({ _class_name: name, ...stableDiffusion, ...clipsNothing });

  it.each(own.map((entry) => [String(entry.case), entry] as const))(
    "follows diffusers: %s",
    async (_, entry) => {
      await kind.check(entry, fixture());
    },
  );

  it("has reference cases", () => expect(own.length).toBeGreaterThan(3));

  const rejected = refusedCases.filter((entry) => entry.class === name);
  it.each(rejected.map((entry) => [entry.id, entry] as const))(
    "refuses what diffusers refuses: %s",
    (_, entry) => {
      expect(() => planCase(entry)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^SCHEDULER_(OPTION|PLAN|ZERO_SNR)$/) }),
      );
    },
  );

  it("is linear in the start and the noise when the model is", () => {
    const values = fc.float32Array({ minLength: 4, maxLength: 4, noNaN: true, min: -2, max: 2 });
    fc.assert(
      fc.property(values, fc.integer({ min: 4, max: 9 }), (start, steps) => {
        const zero = new Float32Array(4);
        const half = run(
          scheduler.plan({ steps }),
          start.map((value) => value / 2),
        );
        const full = run(scheduler.plan({ steps }), start);
        const none = run(scheduler.plan({ steps }), zero);
        expect(full.map((value, i) => value + none[i]!)).toBeAllclose(
          half.map((value) => 2 * value),
          { atol: 1e-4, rtol: 1e-4 },
        );
      }),
      { numRuns: 20 },
    );
  });

  it("treats each element by itself", () => {
    const start = Float32Array.of(0.5, -1);
    const twice = Float32Array.of(0.5, -1, 0.5, -1);
    const noise = (length: number) => () => new Float32Array(length).fill(0.25);
    const walk = (from: Float32Array) => {
      const schedule = scheduler.plan({ steps: 4 });
      return schedule.timesteps.reduce<Float32Array>(
        (sample, _, i) => schedule.step(sample, i, sample, noise(from.length)).sample,
        from,
      );
    };
    expect([...walk(twice)]).toEqual([...walk(start), ...walk(start)]);
  });

  it("cuts the schedule by strength, as diffusers' get_timesteps", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 30 }),
        fc.double({ min: 0.3, max: 1, noNaN: true }),
        (steps, strength) => {
          const whole = scheduler.plan({ steps });
          const cut = scheduler.plan({ steps, strength });
          const begin = (steps - Math.trunc(steps * strength)) * scheduler.order;
          expect(cut.beginIndex).toBe(begin);
          expect(cut.timesteps).toEqual(whole.timesteps.slice(begin));
        },
      ),
      { numRuns: 20 },
    );
  });

  it("starts another run afresh", () => {
    const start = Float32Array.of(0.3, -0.7, 1.1);
    const first = run(scheduler.plan({ steps: 5 }), start);
    expect(run(scheduler.plan({ steps: 5 }), start)).toEqual(first);
  });

  it("says what is wrong with a run", () => {
    for (const plan of [{ steps: 0 }, { steps: 2.5 }, { steps: Number.NaN }, {}]) {
      expect(() => scheduler.plan(plan)).toThrow(refused("SCHEDULER_PLAN"));
    }
    for (const strength of [0, -1, 1.5, Number.NaN, 0.1]) {
      expect(() => scheduler.plan({ steps: 4, strength })).toThrow(refused("SCHEDULER_PLAN"));
    }
    expect(() => scheduler.plan({ steps: 4, batch: 0 })).toThrow(refused("SCHEDULER_PLAN"));
    expect(() => scheduler.plan({ timesteps: [10, 500] })).toThrow(refused("SCHEDULER_PLAN"));
  });

  it("says what is wrong with a step", () => {
    const schedule = scheduler.plan({ steps: 4 });
    const two = new Float32Array(2);
    const noise = () => two;
    const failed = refused("SCHEDULER_STEP");
    expect(() => schedule.step(new Float32Array(3), 0, two, noise)).toThrow(failed);
    expect(() => schedule.step(two, 1, two, noise)).toThrow(failed);
    expect(() => schedule.scaleModelInput(two, 99)).toThrow(failed);
    expect(() => schedule.addNoise(two, new Float32Array(1), 0)).toThrow(failed);
    schedule.step(two, 0, two, noise);
    expect(() => schedule.step(two, 0, two, noise)).toThrow(failed);
  });

  it("names the option that it does not take", () => {
    for (const [option, value] of Object.entries({
      beta_schedule: "wavy",
      beta_start: "0.1",
      prediction_type: "x",
    })) {
      expect(() => createScheduler({ _class_name: name, [option]: value })).toThrow(
        expect.objectContaining({
          code: "SCHEDULER_OPTION",
          message: expect.stringContaining(option),
          details: { scheduler: name, option, value },
        }),
      );
    }
  });

  it.each(Object.entries(planOptions))(
    "takes or refuses the run option %s as diffusers' class does",
    (option, value) => {
      const plan = () => scheduler.plan({ steps: 3, [option]: value });
      const isTaken = taken[name]!.includes(option as keyof typeof planOptions);
      if (isTaken) expect(plan).not.toThrow();
      else {
        expect(plan).toThrow(
          expect.objectContaining({ code: "SCHEDULER_PLAN", details: { scheduler: name, option, value } }),
        );
      }
    },
  );

  it("takes an eta of 0, which diffusers' pipelines have by default", () => {
    expect(() => createScheduler({ class: name }).plan({ steps: 4, eta: 0 })).not.toThrow();
  });

  it("ignores options of other classes", () => {
    expect(createScheduler({ class: name, something_else: 1 }).name).toBe(name);
  });
});
