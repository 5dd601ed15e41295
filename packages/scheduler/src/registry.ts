// diffusers' class names and what stands behind them here.

import type { SchedulerClass } from "./define-scheduler.js";
import { schedulerError } from "./errors.js";
import type { Scheduler, SchedulerConfig } from "./scheduler.js";
import { ddim } from "./schedulers/ddim.js";
import { ddpm } from "./schedulers/ddpm.js";
import { dpmSolverMultistep } from "./schedulers/dpm-solver-multistep.js";
import { dpmSolverSinglestep } from "./schedulers/dpm-solver-singlestep.js";
import { eulerAncestralDiscrete } from "./schedulers/euler-ancestral-discrete.js";
import { eulerDiscrete } from "./schedulers/euler-discrete.js";
import { heunDiscrete } from "./schedulers/heun-discrete.js";
import { lcm } from "./schedulers/lcm.js";
import { lmsDiscrete } from "./schedulers/lms-discrete.js";
import { perflow } from "./schedulers/perflow.js";
import { pndm } from "./schedulers/pndm.js";
import { tcd } from "./schedulers/tcd.js";
import { unipcMultistep } from "./schedulers/unipc-multistep.js";

const classes = new Map<string, SchedulerClass>(
  [
    ddim,
    ddpm,
    dpmSolverMultistep,
    dpmSolverSinglestep,
    eulerAncestralDiscrete,
    eulerDiscrete,
    heunDiscrete,
    lcm,
    lmsDiscrete,
    perflow,
    pndm,
    tcd,
    unipcMultistep,
  ].map((schedulerClass) => [schedulerClass.name, schedulerClass]),
);

/** The class names that `createScheduler` knows. */
export const schedulerClasses: readonly string[] = [...classes.keys()];

/**
 * The scheduler of a diffusers scheduler_config.json. Throws `SCHEDULER_CLASS` for a class that is not known and
 * `SCHEDULER_OPTION` for an option's value that it does not take.
 */
export function createScheduler(config: SchedulerConfig): Scheduler {
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw schedulerError("SCHEDULER_CONFIG", "the scheduler config is not a JSON object", { config });
  }
  const name = config._class_name ?? config.class;
  const found = typeof name === "string" ? classes.get(name) : undefined;
  if (found) return found.create(config);
  const known = schedulerClasses.join(", ");
  throw schedulerError(
    "SCHEDULER_CLASS",
    `unknown scheduler class ${JSON.stringify(name)}; known are ${known}`,
    {
      scheduler: name,
      known: schedulerClasses,
    },
  );
}

/** Options that say how a model was trained: its betas, and what its network predicts. */
const training = [
  "num_train_timesteps",
  "beta_start",
  "beta_end",
  "beta_schedule",
  "trained_betas",
  "rescale_betas_zero_snr",
  "prediction_type",
];

/**
 * Returns the options of a model's own config that hold for every scheduler: betas and prediction type. An option that
 * the config leaves out has the default of the config's own class; other classes have other betas.
 */
export function trainingOptions(base: SchedulerConfig): Readonly<Record<string, unknown>> {
  const defaults = classes.get(String(base._class_name ?? base.class))?.options ?? {};
  const entries = training.map((key) => [key, base[key] ?? defaults[key]?.fallback]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/**
 * Returns the training options of a config that its class does not have, and that are set: betas rescaled to a
 * signal-to-noise ratio of zero, say, which Heun, LMS, PNDM and DPM-Solver singlestep ignore, in diffusers too.
 */
export function ignoredTrainingOptions(config: SchedulerConfig): readonly string[] {
  const known = classes.get(String(config._class_name ?? config.class))?.options ?? {};
  return training.filter((key) => !Object.hasOwn(known, key) && Boolean(config[key]));
}

/** The same config for another class, as diffusers' from_config: options that both classes have are kept. */
export function schedulerConfigFrom(base: SchedulerConfig, className: string): SchedulerConfig {
  const options = Object.entries(base).filter(([key]) => !key.startsWith("_") && key !== "class");
  return { ...Object.fromEntries(options), _class_name: className };
}

/**
 * Parses scheduler_config.json as Python writes it: with Infinity, -Infinity and NaN, which JSON does not have; they
 * become strings. Throws `SCHEDULER_CONFIG`.
 */
export function parseSchedulerConfig(text: string): SchedulerConfig {
  let config: unknown;
  try {
    const standard = text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (token) =>
      token.startsWith('"') ? token : `"${token}"`,
    );
    config = JSON.parse(standard);
  } catch (cause) {
    throw schedulerError("SCHEDULER_CONFIG", "the scheduler config is not JSON", { cause });
  }
  if (typeof config === "object" && config !== null && !Array.isArray(config))
    return config as SchedulerConfig;
  throw schedulerError("SCHEDULER_CONFIG", "the scheduler config is not a JSON object", { config });
}
