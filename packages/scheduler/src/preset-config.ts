// Configs of schedulers by name, for the model that they sample from.

import { schedulerError } from "./errors.js";
import { schedulerPresets } from "./presets.js";
import { schedulerClasses, schedulerConfigFrom, trainingOptions } from "./registry.js";
import type { SchedulerConfig } from "./scheduler.js";

/** Returns all names that `schedulerPreset` takes: short ones, then diffusers' class names. */
export function listSchedulers(): string[] {
  return [...Object.keys(schedulerPresets), ...schedulerClasses];
}

/** Options by which a model's folder says which timesteps it visits; presets keep them. */
const conventions = ["timestep_spacing", "steps_offset", "set_alpha_to_one"];

/** Classes whose steps are `num_train_timesteps / steps` long, whatever the spacing: "linspace" would not fit them. */
const fixedStride = ["DDIMScheduler", "DDPMScheduler", "PNDMScheduler"];

/**
 * Returns the config of a scheduler by its name, for a model whose own config is `base`. A short name takes the model's
 * training (`trainingOptions`) and its convention of timesteps from `base`, and nothing else: the same name is the same
 * sampler for every model. A class name takes every option that both classes have, as diffusers' from_config does.
 * Throws `SCHEDULER_NAME` for a name that is not in `listSchedulers()`.
 */
export function schedulerPreset(name: string, base: SchedulerConfig): SchedulerConfig {
  if (Object.hasOwn(schedulerPresets, name)) {
    const { className, options } = schedulerPresets[name]!;
    return { ...methodConfig(base, className, conventionsOf(base, className)), ...options };
  }
  if (schedulerClasses.includes(name)) return schedulerConfigFrom(base, name);
  const known = listSchedulers();
  throw schedulerError("SCHEDULER_NAME", `unknown scheduler "${name}"; known are ${known.join(", ")}`, {
    name,
    known,
  });
}

/**
 * Returns the whole config of a method that brings its own scheduler (SUN, LCM, TCD, …): `options` and the class's
 * defaults; only the training options come from the model's own config.
 */
export function methodConfig(
  base: SchedulerConfig,
  className: string,
  options: Readonly<Record<string, unknown>>,
): SchedulerConfig {
  return { ...trainingOptions(base), ...options, _class_name: className };
}

function conventionsOf(base: SchedulerConfig, className: string): Readonly<Record<string, unknown>> {
  const given = Object.fromEntries(conventions.filter((key) => key in base).map((key) => [key, base[key]]));
  if (!fixedStride.includes(className)) return given;
  return { ...given, timestep_spacing: base.timestep_spacing === "trailing" ? "trailing" : "leading" };
}
