// Everything that all schedulers share: reading the config, checking the run's options, cutting it by strength, and
// checking the arrays of each step. A scheduler's own file says only what differs.

import { schedulerError } from "./errors.js";
import { type OptionsOf, type OptionTable, readOptions } from "./options.js";
import type { PlanOptions, Schedule, Scheduler, SchedulerConfig, StepResult } from "./scheduler.js";

/** The options of a run, checked, with `steps` filled in. */
export type Run = Omit<PlanOptions, "steps" | "strength"> & {
  readonly steps: number;
  readonly batch: number;
};

/** A whole run before it is cut; `index` counts all of `timesteps`. */
export interface Trajectory {
  readonly timesteps: readonly number[];
  readonly sigmas?: ArrayLike<number>;
  readonly initNoiseSigma: number;
  scaleModelInput?(sample: Float32Array, index: number): Float32Array;
  step(output: Float32Array, index: number, sample: Float32Array, noise: () => Float32Array): StepResult;
  addNoise(original: Float32Array, noise: Float32Array, index: number): Float32Array;
}

/** The definition that a scheduler's file makes. */
export interface SchedulerDefinition<S extends OptionTable> {
  /** diffusers' class name. */
  readonly name: string;
  readonly options: S;
  /** Network evaluations per step. */
  readonly order?: number;
  readonly needsNoise?: boolean | ((options: OptionsOf<S>) => boolean);
  /** Options of `plan` that this scheduler takes beyond steps, strength and batch. */
  readonly takes?: readonly (keyof PlanOptions)[];
  /** Refuses combinations of options (`optionError`). */
  check?(options: OptionsOf<S>): void;
  /** `begin`: index of the first timestep that will be run. */
  start(options: OptionsOf<S>, run: Run): (begin: number) => Trajectory;
}

export interface SchedulerClass {
  readonly name: string;
  readonly options: OptionTable;
  create(config: SchedulerConfig): Scheduler;
}

export function defineScheduler<S extends OptionTable>(definition: SchedulerDefinition<S>): SchedulerClass {
  const { name, order = 1, needsNoise = false, takes = [] } = definition;
  return {
    name,
    options: definition.options,
    create(config) {
      const options = readOptions(name, definition.options, config);
      definition.check?.(options);
      return {
        name,
        config: { _class_name: name, ...options },
        order,
        needsNoise: typeof needsNoise === "function" ? needsNoise(options) : needsNoise,
        takes,
        plan(plan) {
          const run = checkPlan(name, plan, takes);
          const begin = beginIndex(name, run.steps, plan.strength ?? 1, order);
          return scheduleOf(name, definition.start(options, run)(begin), begin, run.batch);
        },
      };
    },
  };
}

const always = ["steps", "strength", "batch"];

function checkPlan(name: string, plan: PlanOptions, takes: readonly string[]): Run {
  const given = Object.entries(plan).filter(([, value]) => value !== undefined);
  for (const [option, value] of given) {
    // diffusers' pipelines have eta 0 by default, and hand it to the schedulers that know it.
    const isDefault = option === "eta" && value === 0;
    if (!always.includes(option) && !takes.includes(option) && !isDefault) {
      throw planError(
        name,
        option,
        plan,
        `${name} does not take it (it takes ${[...always, ...takes].join(", ")})`,
      );
    }
  }
  const { timesteps, sigmas, batch = 1 } = plan;
  if (timesteps && sigmas) throw planError(name, "sigmas", plan, "give timesteps or sigmas, not both");
  const steps = timesteps?.length ?? (sigmas ? sigmas.length - 1 : plan.steps);
  if (steps === undefined || !Number.isSafeInteger(steps) || steps < 1) {
    throw planError(name, "steps", plan, "it must be an integer of at least 1");
  }
  if (!Number.isSafeInteger(batch) || batch < 1) {
    throw planError(name, "batch", plan, "it must be an integer of at least 1");
  }
  for (const custom of ["timesteps", "sigmas"] as const) {
    const isDescending = plan[custom]?.every(
      (value, i, all) => value >= 0 && !(i > 0 && value >= all[i - 1]!),
    );
    if (isDescending === false) throw planError(name, custom, plan, "it must be descending and not negative");
  }
  return { ...plan, steps, batch };
}

/** diffusers' img2img get_timesteps: the last `steps * strength` steps, rounded down. */
function beginIndex(name: string, steps: number, strength: number, order: number): number {
  if (!(strength > 0 && strength <= 1)) {
    throw planError(name, "strength", { strength }, "it must be above 0 and at most 1");
  }
  const kept = Math.min(Math.trunc(steps * strength), steps);
  if (kept < 1) {
    throw planError(
      name,
      "strength",
      { strength },
      `of ${steps} steps it leaves none: use more steps or strength`,
    );
  }
  return (steps - kept) * order;
}

function planError(name: string, option: string, plan: PlanOptions, why: string) {
  const value = plan[option as keyof PlanOptions];
  return schedulerError("SCHEDULER_PLAN", `${name}: ${option} is ${JSON.stringify(value)}; ${why}`, {
    scheduler: name,
    option,
    value,
  });
}

function scheduleOf(name: string, whole: Trajectory, begin: number, batch: number): Schedule {
  let next = 0;
  const count = whole.timesteps.length - begin;
  const checkIndex = (index: number) => {
    if (Number.isSafeInteger(index) && index >= 0 && index < count) return;
    throw stepError(name, `there is no timestep ${index}: this run has ${count}`, { index });
  };
  return {
    name,
    timesteps: whole.timesteps.slice(begin),
    ...(whole.sigmas && { sigmas: Array.from(whole.sigmas).slice(begin) }),
    initNoiseSigma: whole.initNoiseSigma,
    beginIndex: begin,
    scaleModelInput(sample, index) {
      checkIndex(index);
      return whole.scaleModelInput?.(sample, begin + index) ?? sample;
    },
    step(output, index, sample, noise) {
      checkIndex(index);
      if (index !== next)
        throw stepError(name, `step ${index} came when step ${next} was due`, { index, due: next });
      checkLength(name, "model output", output, sample);
      if (sample.length % batch !== 0) {
        throw stepError(name, `${sample.length} elements are not ${batch} samples`, { batch });
      }
      next++;
      return whole.step(output, begin + index, sample, () => {
        const values = noise();
        checkLength(name, "noise", values, sample);
        return values;
      });
    },
    addNoise(original, noise, index) {
      checkIndex(index);
      checkLength(name, "noise", noise, original);
      return whole.addNoise(original, noise, begin + index);
    },
  };
}

function checkLength(name: string, what: string, actual: Float32Array, sample: Float32Array): void {
  if (actual.length === sample.length) return;
  throw stepError(name, `the ${what} has ${actual.length} elements, the sample ${sample.length}`, {
    length: actual.length,
    expected: sample.length,
  });
}

function stepError(name: string, message: string, details: Record<string, unknown>) {
  return schedulerError("SCHEDULER_STEP", `${name}: ${message}`, { scheduler: name, ...details });
}
