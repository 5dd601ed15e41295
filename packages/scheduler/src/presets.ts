// Short names of schedulers, as user interfaces use them, with the names of the same samplers elsewhere.

export interface SchedulerPreset {
  /** diffusers' class. */
  readonly className: string;
  /** Name for people. */
  readonly label: string;
  /** Values of "Sampler" and "Schedule type" in AUTOMATIC1111, where it has them; else our own. */
  readonly a1111: { readonly sampler: string; readonly scheduleType?: string };
  /** Options that make the sampler what it is. */
  readonly options: Readonly<Record<string, unknown>>;
}

interface Family {
  readonly name: string;
  readonly sampler: string;
  readonly className: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

const multistep = (algorithm_type: string, solver_order: number) => ({
  className: "DPMSolverMultistepScheduler",
  options: { algorithm_type, solver_order, solver_type: "midpoint" },
});

const singlestep = {
  className: "DPMSolverSinglestepScheduler",
  options: { algorithm_type: "dpmsolver++", solver_order: 2, solver_type: "midpoint" },
};

/** Samplers whose steps can be spaced by any sigmas. */
const bySigma: readonly Family[] = [
  { name: "dpm++2m", sampler: "DPM++ 2M", ...multistep("dpmsolver++", 2) },
  { name: "dpm++2m-sde", sampler: "DPM++ 2M SDE", ...multistep("sde-dpmsolver++", 2) },
  { name: "dpm++3m", sampler: "DPM++ 3M", ...multistep("dpmsolver++", 3) },
  { name: "dpm++3m-sde", sampler: "DPM++ 3M SDE", ...multistep("sde-dpmsolver++", 3) },
  { name: "dpm++2s", sampler: "DPM++ 2S", ...singlestep },
  { name: "euler", sampler: "Euler", className: "EulerDiscreteScheduler" },
  { name: "heun", sampler: "Heun", className: "HeunDiscreteScheduler" },
  { name: "lms", sampler: "LMS", className: "LMSDiscreteScheduler" },
  { name: "unipc", sampler: "UniPC", className: "UniPCMultistepScheduler" },
];

/** Latents are not bounded by 1, as images are. */
const unclipped = { clip_sample: false };

/** Samplers with one schedule of their own. */
const byTimestep: readonly Family[] = [
  { name: "ddim", sampler: "DDIM", className: "DDIMScheduler", options: unclipped },
  { name: "ddpm", sampler: "DDPM", className: "DDPMScheduler", options: unclipped },
  { name: "euler-a", sampler: "Euler a", className: "EulerAncestralDiscreteScheduler" },
  { name: "lcm", sampler: "LCM", className: "LCMScheduler", options: unclipped },
  { name: "pndm", sampler: "PLMS", className: "PNDMScheduler", options: { skip_prk_steps: true } },
  { name: "tcd", sampler: "TCD", className: "TCDScheduler", options: unclipped },
];

const evenSigmas = { use_karras_sigmas: false, use_exponential_sigmas: false, use_beta_sigmas: false };

/** The spacings of sigmas, by their names in AUTOMATIC1111; diffusers documents which options they stand for. */
const sigmaSpacings: readonly { suffix: string; scheduleType?: string; options: object }[] = [
  { suffix: "", options: evenSigmas },
  { suffix: "-karras", scheduleType: "Karras", options: { ...evenSigmas, use_karras_sigmas: true } },
  {
    suffix: "-exponential",
    scheduleType: "Exponential",
    options: { ...evenSigmas, use_exponential_sigmas: true },
  },
  { suffix: "-beta", scheduleType: "Beta", options: { ...evenSigmas, use_beta_sigmas: true } },
  {
    suffix: "-trailing",
    scheduleType: "SGM Uniform",
    options: { ...evenSigmas, timestep_spacing: "trailing" },
  },
];

const spaced = bySigma.flatMap(({ name, sampler, className, options }) =>
  sigmaSpacings.map(({ suffix, scheduleType, options: spacing }): [string, SchedulerPreset] => [
    name + suffix,
    {
      className,
      label: scheduleType ? `${sampler} ${scheduleType}` : sampler,
      a1111: { sampler, ...(scheduleType && { scheduleType }) },
      options: { ...options, ...spacing },
    },
  ]),
);

const single = byTimestep.map(({ name, sampler, className, options = {} }): [string, SchedulerPreset] => [
  name,
  { className, label: sampler, a1111: { sampler }, options },
]);

/** All presets by their short names. */
export const schedulerPresets: Readonly<Record<string, SchedulerPreset>> = Object.fromEntries([
  ...spaced,
  ...single,
]);
