/** Prefixes of each network's tensors: the original ones first, then those of other tools. */
export const prefixes = {
  unet: ["model.diffusion_model.", "diffusion_model."],
  vae: ["first_stage_model.", "vae."],
  /** transformers' CLIP: SD 1.x, the first of XL. Old merges lack `text_model.`, which `canonicalNames` adds. */
  clip: [
    "cond_stage_model.transformer.",
    "conditioner.embedders.0.transformer.",
    "cond_stage_model.clip_l.transformer.",
    "text_encoders.clip_l.transformer.",
  ],
  /** OpenCLIP: SD 2.x. */
  openClip: ["cond_stage_model.model.", "conditioner.embedders.0.model."],
  /** OpenCLIP as the second text encoder: SD XL. */
  secondOpenClip: ["conditioner.embedders.1.model."],
} as const;
