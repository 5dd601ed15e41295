// AUTOMATIC1111's and ComfyUI's names of schedulers, for "Sampler" and "Schedule type" of an image's parameters.

import type { SunstepWarning } from "@sunstep/errors";
import { type SchedulerPreset, schedulerPresets } from "@sunstep/scheduler";
import { sunstepWarning } from "../errors.js";

type Sampler = SchedulerPreset["a1111"];

const presets = Object.entries(schedulerPresets);

/** `name`: the name that the caller gave, if any; `className`: the diffusers class that ran. */
export function samplerOf(name: string | undefined, className: string): Sampler {
  const byName = name !== undefined && Object.hasOwn(schedulerPresets, name) && schedulerPresets[name];
  const preset = byName || presets.find(([, known]) => known.className === className)?.[1];
  return preset?.a1111 ?? { sampler: className };
}

/** ComfyUI's names of samplers that are also AUTOMATIC1111's (comfy/samplers.py, KSAMPLER_NAMES). */
const comfySamplers: Readonly<Record<string, string>> = {
  euler: "Euler",
  euler_ancestral: "Euler a",
  heun: "Heun",
  lms: "LMS",
  dpmpp_2m: "DPM++ 2M",
  dpmpp_2m_sde: "DPM++ 2M SDE",
  dpmpp_2m_sde_gpu: "DPM++ 2M SDE",
  dpmpp_3m_sde: "DPM++ 3M SDE",
  dpmpp_3m_sde_gpu: "DPM++ 3M SDE",
  ddpm: "DDPM",
  lcm: "LCM",
  ddim: "DDIM",
  uni_pc: "UniPC",
};

/**
 * Other names of schedule types, in lower case. AUTOMATIC1111's Normal and Uniform are the spacing of a sampler without
 * another; its Simple takes the same steps as SGM Uniform (modules/sd_schedulers.py).
 */
const scheduleTypes: Readonly<Record<string, string | undefined>> = {
  automatic: undefined,
  uniform: undefined,
  normal: undefined,
  karras: "Karras",
  exponential: "Exponential",
  beta: "Beta",
  "sgm uniform": "SGM Uniform",
  sgm_uniform: "SGM Uniform",
  sgmuniform: "SGM Uniform",
  simple: "SGM Uniform",
};

/** The schedule type that AUTOMATIC1111 takes for "Automatic" (modules/sd_samplers_kdiffusion.py); of others none. */
const automatic: Readonly<Record<string, string>> = {
  "DPM++ 2M": "Karras",
  "DPM++ 2M SDE": "Exponential",
  "DPM++ 3M SDE": "Exponential",
};

/** Types that are the only one of a sampler. */
const ownTypes: Readonly<Record<string, readonly string[]>> = { DDIM: ["ddim", "ddim_uniform"] };

export interface FoundScheduler {
  /** Its short name; undefined for an unknown sampler. */
  readonly scheduler?: string;
  /** Names that are not known, or not together. */
  readonly warnings: readonly SunstepWarning[];
}

/** Finds the scheduler of a sampler and its schedule type, by AUTOMATIC1111's names or ComfyUI's. */
export function schedulerOf(samplerName: string, typeName: string | undefined): FoundScheduler {
  // Versions before 1.9 wrote the schedule type behind the sampler's name.
  const [, oldName = samplerName, oldType = typeName] = /^(.+) (Karras|Exponential)$/.exec(samplerName) ?? [];
  const sampler = Object.hasOwn(comfySamplers, oldName) ? comfySamplers[oldName]! : oldName;
  const named = presets.filter(([, { a1111 }]) => a1111.sampler === sampler);
  const [first] = named;
  if (!first) {
    const setting = `Sampler ${JSON.stringify(samplerName)}`;
    return { warnings: [unknown(setting, `${setting} is not known here`)] };
  }
  const key = oldType?.toLowerCase();
  const wanted = key === "automatic" ? automatic[sampler] : key && scheduleTypes[key];
  const isType = key === undefined || Object.hasOwn(scheduleTypes, key) || ownTypes[sampler]?.includes(key);
  const found = isType && named.find(([, { a1111 }]) => a1111.scheduleType === wanted);
  if (found) return { scheduler: found[0], warnings: [] };
  const setting = `Schedule type ${JSON.stringify(oldType)}`;
  const message = `${setting} of sampler ${sampler} is not known here; ${first[0]} is taken`;
  return { scheduler: first[0], warnings: [unknown(setting, message)] };
}

function unknown(setting: string, message: string): SunstepWarning {
  return sunstepWarning("PARAMETERS_UNKNOWN", `${message}: an image will differ`, { settings: [setting] });
}
