// The schedulers that several methods were published with, every option of them set.

type MethodScheduler = { readonly className: string; readonly options: Readonly<Record<string, unknown>> };

/** Latents are not bounded by 1, as images are. */
const unclipped = { clip_sample: false, thresholding: false };

export const ddimTrailing: MethodScheduler = {
  className: "DDIMScheduler",
  options: { ...unclipped, timestep_spacing: "trailing", set_alpha_to_one: false },
};

export const lcm: MethodScheduler = {
  className: "LCMScheduler",
  options: { ...unclipped, original_inference_steps: 50, timestep_scaling: 10 },
};

export const tcd: MethodScheduler = {
  className: "TCDScheduler",
  options: { original_inference_steps: 50 },
};

const evenSigmas = {
  timestep_spacing: "trailing",
  use_karras_sigmas: false,
  use_exponential_sigmas: false,
  use_beta_sigmas: false,
};

export const eulerTrailing: MethodScheduler = {
  className: "EulerDiscreteScheduler",
  options: { ...evenSigmas, interpolation_type: "linear", final_sigmas_type: "zero" },
};

export const eulerAncestralTrailing: MethodScheduler = {
  className: "EulerAncestralDiscreteScheduler",
  options: { timestep_spacing: "trailing" },
};
