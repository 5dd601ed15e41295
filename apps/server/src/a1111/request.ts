// The bodies of txt2img and img2img, as AUTOMATIC1111's clients send them: fields that are null or unknown are no error.

import { schedulerOf } from "sunstep";
import { type Static, Type } from "typebox";
import { serverError } from "../errors.js";
import { flag, given, integer, number, object, text, texts } from "../http/schema.js";
import type { PaintRequest } from "../http/submit.js";
import type { Catalogue } from "../library/catalogue.js";
import type { PaintInput } from "../paint/paint-input.js";
import type { Settings } from "../settings.js";
import { readOptions, vaeName } from "./options.js";

const common = {
  prompt: text("with <lora:name:weight>, (weights:1.2), BREAK, [from:to:when]"),
  negative_prompt: text("read by models of four steps too"),
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
  eta: number("noise of the samplers that have it", { minimum: 0, maximum: 1 }),
  send_images: flag("false: no images in the response"),
  override_settings: object("settings for this request, as of /sdapi/v1/options"),
  override_settings_restore_afterwards: flag("they never outlast the request"),
  styles: texts("not supported", 100),
  subseed: integer("not supported"),
  subseed_strength: number("not supported"),
  restore_faces: flag("not supported"),
  tiling: flag("not supported"),
  enable_hr: flag("not supported"),
  script_name: text("not supported"),
  alwayson_scripts: object("not supported"),
};

export const textToImageSchema = Type.Object(common, { additionalProperties: true });

export const imageToImageSchema = Type.Object(
  {
    ...common,
    init_images: texts("PNG, JPEG or WebP in base64, or data URLs; the first is taken", 16),
    denoising_strength: number("how far the image changes", { minimum: 0, maximum: 1 }),
    resize_mode: integer("0 stretch, 1 crop, 2 fill", { minimum: 0, maximum: 3 }),
    mask: text("image in base64; white is painted anew", 100_000_000),
    mask_blur: number("standard deviation in pixels", { minimum: 0, maximum: 256 }),
    inpainting_mask_invert: integer("1: black is painted anew", { minimum: 0, maximum: 1 }),
    inpaint_full_res: flag("paint only the rectangle around the mask, at the size of the request"),
    inpaint_full_res_padding: integer("pixels around that rectangle", { minimum: 0, maximum: 1024 }),
    inpainting_fill: integer("1 keeps the masked content to start from; others are not supported", {
      minimum: 0,
      maximum: 3,
    }),
    include_init_images: flag("return init_images in parameters"),
  },
  { additionalProperties: true },
);

export type TextToImage = Static<typeof textToImageSchema>;
type ImageToImage = Static<typeof imageToImageSchema>;

export interface ReadRequest {
  readonly model: string;
  readonly input: PaintRequest;
  /** Fields that have no effect. */
  readonly warnings: readonly string[];
}

/** Fields whose values would change the image, but do not here. */
const unsupported: Readonly<Record<string, (value: unknown) => boolean>> = {
  restore_faces: Boolean,
  tiling: Boolean,
  subseed_strength: (value) => Number(value) > 0,
  styles: (value) => Array.isArray(value) && value.length > 0,
};

/** @throws MODEL_UNKNOWN, VAE_UNKNOWN, REQUEST_VALUE, REQUEST_UNSUPPORTED */
export function readRequest(body: TextToImage, settings: Settings, catalogue: Catalogue): ReadRequest {
  const fields = given(body);
  if (fields.script_name) {
    throw serverError(
      "REQUEST_UNSUPPORTED",
      `script_name ${JSON.stringify(fields.script_name)}: this server has no scripts`,
    );
  }
  // As AUTOMATIC1111 answers for an extension that it does not have.
  const [script] = Object.keys(fields.alwayson_scripts ?? {});
  if (script !== undefined) {
    throw serverError(
      "REQUEST_UNSUPPORTED",
      `alwayson_scripts ${JSON.stringify(script)}: this server has no scripts; leave it out`,
    );
  }
  if (fields.enable_hr)
    throw serverError("REQUEST_UNSUPPORTED", "enable_hr: this server has no second pass yet");
  const asked = { ...settings, ...readOptions(fields.override_settings ?? {}, catalogue) };
  const { scheduler, warnings } = readSampler(fields.sampler_name ?? fields.sampler_index, fields.scheduler);
  const clipSkip = (fields.clip_skip ?? asked.CLIP_stop_at_last_layers) - 1;
  const input: PaintRequest = {
    prompt: fields.prompt ?? "",
    count: (fields.batch_size ?? 1) * (fields.n_iter ?? 1),
    classic: true,
    format: "png",
    randomSource: asked.randn_source === "CPU" ? "cpu" : "cuda",
    ...given({
      negativePrompt: fields.negative_prompt,
      seed: fields.seed,
      steps: fields.steps,
      guidanceScale: fields.cfg_scale,
      scheduler,
      width: eights(fields.width),
      height: eights(fields.height),
      vae: vaeName(asked.sd_vae, catalogue),
    }),
    ...(asked.sunstep_most_steps > 0 && { mostSteps: asked.sunstep_most_steps }),
    ...(clipSkip > 0 && { clipSkip }),
    ...(asked.live_previews_enable && { previews: "linear" as const }),
  };
  const ignored = Object.entries(unsupported).filter(([name, hasEffect]) =>
    hasEffect((fields as Readonly<Record<string, unknown>>)[name]),
  );
  return {
    model: asked.sd_model_checkpoint,
    input,
    warnings: [...warnings, ...ignored.map(([name]) => `${name} has no effect here`)],
  };
}

const resizeModes = ["stretch", "crop", "fill", "stretch"] as const;

/** The part of an image-to-image request that text-to-image does not have; `store` returns the address of a blob. */
export async function readFirstImage(
  body: ImageToImage,
  store: (image: string) => Promise<string>,
): Promise<Partial<PaintInput>> {
  const fields = given(body);
  const [first] = fields.init_images ?? [];
  if (!first) throw serverError("IMAGE_MISSING", "init_images is missing: give an image in base64");
  const mask = fields.mask && {
    blob: await store(fields.mask),
    ...(fields.inpainting_mask_invert && { invert: true }),
    blur: fields.mask_blur ?? 4,
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
