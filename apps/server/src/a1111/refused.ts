// Fields and settings of AUTOMATIC1111 that would change the image and that this server does not have. Clients send them
// with harmless values; any other value is refused, since the image would not be the one that was asked for.

import { serverError } from "../errors.js";
import { orNull } from "../http/schema.js";

type Fields = Readonly<Record<string, unknown>>;

interface Refusal {
  /** The field's type; none for a field that is obeyed in part, whose schema stands with the others. */
  readonly type?: "array" | "boolean" | "number" | "string";
  /** Tells whether the image is the same without the field. */
  readonly isHarmless: (value: unknown, fields: Fields) => boolean;
  readonly advice: string;
}

const only =
  (...values: readonly unknown[]) =>
  (value: unknown) =>
    values.includes(Array.isArray(value) && value.length === 0 ? "" : value);
const unless = (field: string, isHarmless: Refusal["isHarmless"]): Refusal["isHarmless"] => {
  return (value, fields) => !fields[field] || isHarmless(value, fields);
};
const sameAs = (field: string, ...values: readonly unknown[]): Refusal["isHarmless"] => {
  return (value, fields) => value === fields[field] || only(...values)(value);
};

const refusedFields: Readonly<Record<string, Refusal>> = {
  restore_faces: {
    type: "boolean",
    isHarmless: only(false),
    advice: "there is no model here that restores faces",
  },
  tiling: { type: "boolean", isHarmless: only(false), advice: "images do not tile here" },
  subseed_strength: {
    type: "number",
    isHarmless: only(0),
    advice: "seeds are not mixed here; take another seed",
  },
  seed_resize_from_w: {
    type: "number",
    isHarmless: only(0, -1),
    advice: "noise is drawn at the image's size",
  },
  seed_resize_from_h: {
    type: "number",
    isHarmless: only(0, -1),
    advice: "noise is drawn at the image's size",
  },
  s_churn: {
    type: "number",
    isHarmless: only(0),
    advice: "samplers add no noise of their own here; take Euler a",
  },
  s_noise: { type: "number", isHarmless: only(1), advice: "leave it out" },
  s_min_uncond: {
    type: "number",
    isHarmless: only(0),
    advice: "negative prompts are read in all steps; leave it out",
  },
  refiner_checkpoint: { type: "string", isHarmless: only("", "None"), advice: "there are no refiners here" },
  disable_extra_networks: {
    type: "boolean",
    isHarmless: only(false),
    advice: "leave the tags out of the prompt",
  },
  firstpass_image: { type: "string", isHarmless: only(""), advice: "take img2img" },
  infotext: { type: "string", isHarmless: only(""), advice: "send its settings as fields of the request" },
  script_name: { type: "string", isHarmless: only("", "None"), advice: "this server has no scripts" },
  firstphase_width: {
    type: "number",
    isHarmless: unless("enable_hr", only(0)),
    advice: "take width and hr_scale",
  },
  firstphase_height: {
    type: "number",
    isHarmless: unless("enable_hr", only(0)),
    advice: "take height and hr_scale",
  },
  hr_checkpoint_name: {
    type: "string",
    isHarmless: unless("enable_hr", only("", "Use same checkpoint")),
    advice: "both passes are of one model",
  },
  hr_sampler_name: {
    type: "string",
    isHarmless: unless("enable_hr", sameAs("sampler_name", "", "Use same sampler")),
    advice: "both passes have one sampler",
  },
  hr_scheduler: {
    type: "string",
    isHarmless: unless("enable_hr", sameAs("scheduler", "", "Use same scheduler")),
    advice: "both passes have one scheduler",
  },
  hr_prompt: {
    type: "string",
    isHarmless: unless("enable_hr", sameAs("prompt", "")),
    advice: "both passes have one prompt",
  },
  hr_negative_prompt: {
    type: "string",
    isHarmless: unless("enable_hr", sameAs("negative_prompt", "")),
    advice: "both passes have one negative prompt",
  },
  hr_additional_modules: {
    type: "array",
    isHarmless: unless("enable_hr", only("", "Use same choices")),
    advice: "both passes are of one model",
  },
  resize_mode: { isHarmless: only(0, 1, 2), advice: "latents are not resized here; take 0, 1 or 2" },
  inpainting_fill: {
    isHarmless: unless("mask", only(0, 1)),
    advice: "take 0, which fills the mask from its surroundings, or 1, which keeps its content",
  },
  mask_blur_x: {
    type: "number",
    isHarmless: unless("mask", sameAs("mask_blur", 4)),
    advice: "take mask_blur",
  },
  mask_blur_y: {
    type: "number",
    isHarmless: unless("mask", sameAs("mask_blur", 4)),
    advice: "take mask_blur",
  },
  mask_round: {
    type: "boolean",
    isHarmless: unless("mask", only(true)),
    advice: "masks of latents have hard edges here",
  },
  latent_mask: { type: "string", isHarmless: only(""), advice: "take mask" },
  initial_noise_multiplier: { type: "number", isHarmless: only(1), advice: "take denoising_strength" },
};

const refusedSettings: Readonly<Record<string, Refusal>> = {
  eta_noise_seed_delta: { isHarmless: only(0), advice: "the noise of a seed is not shifted here" },
  initial_noise_multiplier: { isHarmless: only(1), advice: "take denoising_strength" },
  img2img_color_correction: { isHarmless: only(false), advice: "colours are not corrected here" },
  img2img_extra_noise: { isHarmless: only(0), advice: "take denoising_strength" },
  eta_ancestral: { isHarmless: only(1), advice: "take the field eta" },
  eta_ddim: { isHarmless: only(0), advice: "take the field eta" },
  s_churn: { isHarmless: only(0), advice: "samplers add no noise of their own here; take Euler a" },
  s_noise: { isHarmless: only(1), advice: "leave it out" },
  s_min_uncond: { isHarmless: only(0), advice: "negative prompts are read in all steps; leave it out" },
  skip_early_cond: { isHarmless: only(0), advice: "negative prompts are read in all steps; leave it out" },
  token_merging_ratio: { isHarmless: only(0), advice: "tokens are not merged here" },
  token_merging_ratio_img2img: { isHarmless: only(0), advice: "tokens are not merged here" },
  token_merging_ratio_hr: { isHarmless: only(0), advice: "tokens are not merged here" },
  sd_noise_schedule: { isHarmless: only("Default"), advice: "the model's own schedule is taken" },
  sd_hypernetwork: { isHarmless: only("", "None"), advice: "there are no hypernetworks here" },
  forge_additional_modules: { isHarmless: only(""), advice: "take sd_vae" },
};

/** The schemas of those fields that no other table has. */
export const refusedTypes = Object.fromEntries(
  Object.entries(refusedFields).flatMap(([name, { type, advice }]) =>
    type ? [[name, orNull(type, { description: `refused where it changes the image: ${advice}` })]] : [],
  ),
) as Record<never, never>;

/** @throws REQUEST_UNSUPPORTED for a field that would change the image, and that is not obeyed */
export const checkFields = (fields: Fields): void => check(refusedFields, fields, "");

/** The same for settings, of a request or of the server. */
export const checkSettings = (settings: Fields): void => check(refusedSettings, settings, "setting ");

function check(refusals: Readonly<Record<string, Refusal>>, fields: Fields, kind: string): void {
  for (const [name, { isHarmless, advice }] of Object.entries(refusals)) {
    const value = fields[name];
    if (value === undefined || value === null || isHarmless(value, fields)) continue;
    throw serverError(
      "REQUEST_UNSUPPORTED",
      `${kind}${name} ${JSON.stringify(value).slice(0, 100)} would change the image, and has no effect here: ${advice}`,
      { name },
    );
  }
}
