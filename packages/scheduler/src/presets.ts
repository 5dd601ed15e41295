// Short names of schedulers, as user interfaces use them.

import { schedulerError } from "./errors.js";
import { schedulerClasses, schedulerConfigFrom } from "./registry.js";
import type { SchedulerConfig } from "./scheduler.js";

interface Preset {
  readonly className: string;
  readonly options: Readonly<Record<string, unknown>>;
}

const even = { use_karras_sigmas: false, use_exponential_sigmas: false, use_beta_sigmas: false };
const karras = { ...even, use_karras_sigmas: true };

const multistep = (algorithm: string, order: number, spacing: object): Preset => ({
  className: "DPMSolverMultistepScheduler",
  options: { algorithm_type: algorithm, solver_order: order, solver_type: "midpoint", ...spacing },
});

const singlestep = (spacing: object): Preset => ({
  className: "DPMSolverSinglestepScheduler",
  options: { algorithm_type: "dpmsolver++", solver_order: 2, solver_type: "midpoint", ...spacing },
});

const presets: Readonly<Record<string, Preset>> = {
  ddim: { className: "DDIMScheduler", options: {} },
  ddpm: { className: "DDPMScheduler", options: {} },
  "dpm++2m": multistep("dpmsolver++", 2, even),
  "dpm++2m-karras": multistep("dpmsolver++", 2, karras),
  "dpm++2m-sde": multistep("sde-dpmsolver++", 2, even),
  "dpm++2m-sde-karras": multistep("sde-dpmsolver++", 2, karras),
  "dpm++3m": multistep("dpmsolver++", 3, even),
  "dpm++3m-karras": multistep("dpmsolver++", 3, karras),
  "dpm++3m-sde": multistep("sde-dpmsolver++", 3, even),
  "dpm++3m-sde-karras": multistep("sde-dpmsolver++", 3, karras),
  "dpm++2s": singlestep(even),
  "dpm++2s-karras": singlestep(karras),
  euler: { className: "EulerDiscreteScheduler", options: even },
  "euler-karras": { className: "EulerDiscreteScheduler", options: karras },
  "euler-a": { className: "EulerAncestralDiscreteScheduler", options: {} },
  heun: { className: "HeunDiscreteScheduler", options: even },
  "heun-karras": { className: "HeunDiscreteScheduler", options: karras },
  lcm: { className: "LCMScheduler", options: {} },
  lms: { className: "LMSDiscreteScheduler", options: even },
  "lms-karras": { className: "LMSDiscreteScheduler", options: karras },
  pndm: { className: "PNDMScheduler", options: { skip_prk_steps: true } },
  tcd: { className: "TCDScheduler", options: {} },
  unipc: { className: "UniPCMultistepScheduler", options: even },
  "unipc-karras": { className: "UniPCMultistepScheduler", options: karras },
};

/** All names that `schedulerPreset` takes: short ones, then diffusers' class names. */
export function listSchedulers(): string[] {
  return [...Object.keys(presets), ...schedulerClasses];
}

/**
 * The config of a scheduler by its name, for a model whose own config is `base` (its betas, prediction type and
 * the like are kept). Throws `SCHEDULER_NAME` for a name that is not in `listSchedulers()`.
 */
export function schedulerPreset(name: string, base: SchedulerConfig): SchedulerConfig {
  if (Object.hasOwn(presets, name)) {
    const { className, options } = presets[name]!;
    return { ...schedulerConfigFrom(base, className), ...options };
  }
  if (schedulerClasses.includes(name)) return schedulerConfigFrom(base, name);
  const known = listSchedulers();
  throw schedulerError("SCHEDULER_NAME", `unknown scheduler "${name}"; known are ${known.join(", ")}`, {
    name,
    known,
  });
}
