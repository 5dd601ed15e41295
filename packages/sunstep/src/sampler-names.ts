// AUTOMATIC1111's names of schedulers, for "Sampler" and "Schedule type" of a picture's parameters.

interface Sampler {
  readonly sampler: string;
  /** Versions before 1.9 wrote it behind the sampler's name. */
  readonly scheduleType?: string;
}

const karras = (sampler: string): Sampler => ({ sampler, scheduleType: "Karras" });

/** By short name, in the order in which a name is looked up; a name that AUTOMATIC1111 lacks is ours. */
const presets: Readonly<Record<string, Sampler>> = {
  ddim: { sampler: "DDIM" },
  ddpm: { sampler: "DDPM" },
  "dpm++2m": { sampler: "DPM++ 2M" },
  "dpm++2m-karras": karras("DPM++ 2M"),
  "dpm++2m-sde": { sampler: "DPM++ 2M SDE" },
  "dpm++2m-sde-karras": karras("DPM++ 2M SDE"),
  "dpm++3m": { sampler: "DPM++ 3M" },
  "dpm++3m-karras": karras("DPM++ 3M"),
  "dpm++3m-sde": { sampler: "DPM++ 3M SDE" },
  "dpm++3m-sde-karras": karras("DPM++ 3M SDE"),
  "dpm++2s": { sampler: "DPM++ 2S" },
  "dpm++2s-karras": karras("DPM++ 2S"),
  euler: { sampler: "Euler" },
  "euler-karras": karras("Euler"),
  "euler-a": { sampler: "Euler a" },
  heun: { sampler: "Heun" },
  "heun-karras": karras("Heun"),
  lcm: { sampler: "LCM" },
  lms: { sampler: "LMS" },
  "lms-karras": karras("LMS"),
  pndm: { sampler: "PLMS" },
  tcd: { sampler: "TCD" },
  unipc: { sampler: "UniPC" },
  "unipc-karras": karras("UniPC"),
};

/** By diffusers' class, for runs whose scheduler was not named. */
const classes: Readonly<Record<string, Sampler>> = {
  DDIMScheduler: { sampler: "DDIM" },
  DDPMScheduler: { sampler: "DDPM" },
  DPMSolverMultistepScheduler: { sampler: "DPM++ 2M" },
  DPMSolverSinglestepScheduler: { sampler: "DPM++ 2S" },
  EulerAncestralDiscreteScheduler: { sampler: "Euler a" },
  EulerDiscreteScheduler: { sampler: "Euler" },
  HeunDiscreteScheduler: { sampler: "Heun" },
  LCMScheduler: { sampler: "LCM" },
  LMSDiscreteScheduler: { sampler: "LMS" },
  PNDMScheduler: { sampler: "PLMS" },
  TCDScheduler: { sampler: "TCD" },
  UniPCMultistepScheduler: { sampler: "UniPC" },
};

/** `name`: what the caller asked for, if by name; `className`: what ran. */
export function samplerOf(name: string | undefined, className: string): Sampler {
  return (name !== undefined && presets[name]) || classes[className] || { sampler: className };
}

/** The scheduler's short name; undefined for a sampler that there is none for. */
export function schedulerOf(sampler: string, scheduleType: string | undefined): string | undefined {
  const old = / Karras$/.exec(sampler);
  const wanted = old ? karras(sampler.slice(0, old.index)) : { sampler, scheduleType };
  const named = Object.entries(presets).filter(([, known]) => known.sampler === wanted.sampler);
  const exact = named.find(([, known]) => known.scheduleType === wanted.scheduleType);
  return (exact ?? named[0])?.[0];
}
