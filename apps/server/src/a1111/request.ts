// The bodies of txt2img and img2img, as AUTOMATIC1111's clients send them: fields that are null or unknown are no error.

import { schedulerOf } from "sunstep";
import { type Static, Type } from "typebox";
import { serverError } from "../errors.js";
import { anything, flag, given, integer, number, object, text, texts } from "../http/schema.js";
import type { PaintRequest } from "../http/submit.js";
import type { Catalogue } from "../library/catalogue.js";
import type { PaintInput } from "../paint/paint-input.js";
import type { Settings } from "../settings.js";
import { readHires } from "./hires.js";
import { readOptions, vaeName } from "./options.js";
import { checkFields, checkSettings, refusedTypes } from "./refused.js";
import { type Style, withStyles } from "./styles.js";

/** Fields that change the image, or the response. */
const common = {
  prompt: text("with <lora:name:weight>, (weights:1.2), BREAK, [from:to:when]"),
  negative_prompt: text("read by models of four steps too"),
  styles: texts("names of /sdapi/v1/prompt-styles, added to both prompts", 100),
  seed: integer("-1: random", { minimum: -(2 ** 53) + 1, maximum: 2 ** 53 - 1 }),
  batch_size: integer("images of an iteration", { minimum: 1, maximum: 64 }),
  n_iter: integer("iterations", { minimum: 1, maximum: 64 }),
  steps: integer("a model of few steps takes its own number if that is less", { minimum: 1, maximum: 1000 }),
  cfg_scale: number("has no effect on a model that needs no guidance", { minimum: 0, maximum: 100 }),
  width: integer("in pixels; default: the model's", { minimum: 8, maximum: 8192 }),
  height: integer("in pixels; default: the model's", { minimum: 8, maximum: 8192 }),
  sampler_name: text("a name of /sdapi/v1/samplers", 200),
  sampler_index: text("another name of sampler_name", 200),
  scheduler: text("a name of /sdapi/v1/schedulers", 200),
  clip_skip: integer("1 and less: none", { minimum: -1, maximum: 12 }),
  eta: number("noise of DDIM; Euler a takes 0 and 1", { minimum: 0, maximum: 1 }),
  send_images: flag("false: no images in the response"),
  override_settings: object("settings for this request, as of /sdapi/v1/options"),
  alwayson_scripts: object("controlnet, with units that have an image, no module and a listed model"),
};

const harmless = (why: string) => anything(`no effect on the image: ${why}`);

/** Fields that the image does not depend on, or only together with others that are refused. */
const ignored = {
  override_settings_restore_afterwards: harmless("settings of a request never outlast it"),
  save_images: harmless("images are kept for a while anyway"),
  do_not_save_samples: harmless("images are kept for a while anyway"),
  do_not_save_grid: harmless("there are no grids"),
  subseed: harmless("without subseed_strength"),
  s_tmax: harmless("without s_churn"),
  s_tmin: harmless("without s_churn"),
  refiner_switch_at: harmless("without refiner_checkpoint"),
  script_args: harmless("without script_name"),
  comments: harmless("a text about the request"),
  force_task_id: harmless("a name of the request"),
};

const secondPass = {
  enable_hr: flag("makes the image larger by a second pass"),
  hr_scale: number("size of the result in sizes of the first image; default: 2", { minimum: 1, maximum: 8 }),
  hr_upscaler: text("a name of /sdapi/v1/latent-upscale-modes or /sdapi/v1/upscalers", 200),
  hr_second_pass_steps: integer("0: as many as steps", { minimum: 0, maximum: 1000 }),
  hr_resize_x: integer("width of the result, in place of hr_scale; 0: none", { minimum: 0, maximum: 8192 }),
  hr_resize_y: integer("height of the result, in place of hr_scale; 0: none", { minimum: 0, maximum: 8192 }),
  denoising_strength: number("how far the second pass changes the image", { minimum: 0, maximum: 1 }),
};

const firstImage = {
  init_images: texts("PNG, JPEG or WebP in base64, or data URLs; the first is taken", 16),
  denoising_strength: number("how far the image changes", { minimum: 0, maximum: 1 }),
  resize_mode: integer("0 stretch, 1 crop, 2 fill", { minimum: 0, maximum: 3 }),
  mask: text("image in base64; white is painted anew", 100_000_000),
  mask_blur: number("standard deviation in pixels", { minimum: 0, maximum: 256 }),
  inpainting_mask_invert: integer("1: black is painted anew", { minimum: 0, maximum: 1 }),
  inpaint_full_res: flag("paint only the rectangle around the mask, at the size of the request"),
  inpaint_full_res_padding: integer("pixels around that rectangle", { minimum: 0, maximum: 1024 }),
  inpainting_fill: integer("what the mask starts from: 0 its surroundings, 1 its content", {
    minimum: 0,
    maximum: 3,
  }),
  include_init_images: flag("return init_images in parameters"),
  image_cfg_scale: harmless("it is for models that edit by instructions"),
};

export const textToImageSchema = Type.Object(
  { ...common, ...secondPass, ...refusedTypes, ...ignored },
  { additionalProperties: true },
);

export const imageToImageSchema = Type.Object(
  { ...common, ...firstImage, ...refusedTypes, ...ignored },
  { additionalProperties: true },
);

export type TextToImage = Static<typeof textToImageSchema>;
type ImageToImage = Static<typeof imageToImageSchema>;

export interface ReadRequest {
  readonly model: string;
  readonly input: PaintRequest;
  /** Names of the styles that are in its prompts. */
  readonly styles: readonly string[];
  /** Fields that have no effect. */
  readonly warnings: readonly string[];
}

/** The names that a request may have. */
export interface Known {
  readonly catalogue: Catalogue;
  readonly styles: readonly Style[];
}

const formats = { png: "png", jpg: "jpeg", jpeg: "jpeg", webp: "webp" } as const;

/** @throws MODEL_UNKNOWN, VAE_UNKNOWN, REQUEST_VALUE, REQUEST_UNSUPPORTED */
export function readRequest(
  body: TextToImage,
  settings: Settings,
  { catalogue, styles }: Known,
): ReadRequest {
  const fields = given(body);
  checkFields(fields);
  checkSettings(fields.override_settings ?? {});
  const asked = { ...settings, ...readOptions(fields.override_settings ?? {}, catalogue) };
  const { scheduler, warnings } = readSampler(fields.sampler_name || fields.sampler_index, fields.scheduler);
  const clipSkip = (fields.clip_skip ?? asked.CLIP_stop_at_last_layers) - 1;
  const { prompt, negativePrompt } = withStyles(
    { prompt: fields.prompt ?? "", negativePrompt: fields.negative_prompt ?? "" },
    fields.styles ?? [],
    styles,
  );
  const size = { width: eights(fields.width), height: eights(fields.height) };
  const input: PaintRequest = {
    prompt,
    count: (fields.batch_size ?? 1) * (fields.n_iter ?? 1),
    classic: true,
    format: formats[asked.samples_format],
    quality: asked.jpeg_quality,
    randomSource: asked.randn_source === "CPU" ? "cpu" : "cuda",
    ...given({
      negativePrompt: negativePrompt || undefined,
      seed: fields.seed,
      steps: fields.steps,
      guidanceScale: fields.cfg_scale,
      scheduler,
      eta: fields.eta,
      ...size,
      vae: vaeName(asked.sd_vae, catalogue),
      hires: readHires(fields, size),
    }),
    ...(asked.sunstep_most_steps > 0 && { mostSteps: asked.sunstep_most_steps }),
    ...(clipSkip > 0 && { clipSkip }),
    ...(asked.live_previews_enable && { previews: "linear" as const }),
  };
  return { model: asked.sd_model_checkpoint, input, styles: fields.styles ?? [], warnings };
}

export const firstImageOf = ({ init_images }: Partial<ImageToImage>): string | undefined => init_images?.[0];

const resizeModes = ["stretch", "crop", "fill"] as const;

/** The part of an image-to-image request that text-to-image does not have; `store` returns the address of a blob. */
export async function readFirstImage(
  body: ImageToImage,
  store: (image: string) => Promise<string>,
): Promise<Partial<PaintInput>> {
  const fields = given(body);
  const first = firstImageOf(body);
  if (!first) throw serverError("IMAGE_MISSING", "init_images is missing: give an image in base64");
  const mask = fields.mask && {
    blob: await store(fields.mask),
    ...(fields.inpainting_mask_invert && { invert: true }),
    blur: fields.mask_blur ?? 4,
    // 0 where the field is left out, as in AUTOMATIC1111's API.
    ...((fields.inpainting_fill ?? 0) === 0 && { filled: true }),
    ...((fields.inpaint_full_res ?? true) && { onlyMasked: fields.inpaint_full_res_padding ?? 0 }),
  };
  return {
    image: await store(first),
    strength: fields.denoising_strength ?? 0.75,
    resize: resizeModes[fields.resize_mode ?? 0] ?? "stretch",
    ...(mask && { mask }),
  };
}

function readSampler(sampler: string | undefined, type: string | undefined) {
  if (!sampler) return { warnings: [] };
  const found = schedulerOf(
    sampler,
    type?.toLowerCase() === "use same scheduler" ? undefined : (type ?? "automatic"),
  );
  if (found.scheduler === undefined) {
    throw serverError(
      "REQUEST_VALUE",
      `sampler ${JSON.stringify(sampler)} is not known: /sdapi/v1/samplers lists the names`,
    );
  }
  return { scheduler: found.scheduler, warnings: found.warnings.map(({ message }) => message) };
}

/** AUTOMATIC1111 takes the next smaller multiple of 8. */
const eights = (length: number | undefined) => length && length - (length % 8);
