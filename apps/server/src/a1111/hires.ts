// The second pass of txt2img, AUTOMATIC1111's "Hires. fix".

import { serverError } from "../errors.js";
import type { PaintHires } from "../paint/paint-input.js";

interface Fields {
  readonly enable_hr?: boolean;
  readonly hr_scale?: number;
  readonly hr_upscaler?: string;
  readonly hr_second_pass_steps?: number;
  readonly hr_resize_x?: number;
  readonly hr_resize_y?: number;
  readonly denoising_strength?: number;
}

/** Upscalers of latents, by AUTOMATIC1111's names. */
export const latentUpscalers: Readonly<Record<string, NonNullable<PaintHires["upscaler"]>>> = {
  Latent: "latent",
};

/** Upscalers of images. "None" must be the first; AUTOMATIC1111's enlarges by Lanczos as well. */
export const imageUpscalers: Readonly<Record<string, NonNullable<PaintHires["upscaler"]>>> = {
  None: "lanczos",
  Lanczos: "lanczos",
};

const upscalers = { ...latentUpscalers, ...imageUpscalers };

/** AUTOMATIC1111's default. */
const STRENGTH = 0.75;

/** Undefined for a request without a second pass. @throws REQUEST_UNSUPPORTED */
export function readHires(
  fields: Fields,
  size: { readonly width?: number | undefined; readonly height?: number | undefined },
): PaintHires | undefined {
  if (!fields.enable_hr) return undefined;
  const { hr_upscaler: name = "Latent", hr_second_pass_steps: steps = 0 } = fields;
  const upscaler = upscalers[name];
  if (upscaler === undefined) {
    throw serverError(
      "REQUEST_UNSUPPORTED",
      `hr_upscaler ${JSON.stringify(name)} is not here: take ${Object.keys(upscalers).join(", ")}`,
    );
  }
  return {
    scale: scaleOf(fields, size),
    strength: fields.denoising_strength ?? STRENGTH,
    upscaler,
    ...(steps > 0 && { steps }),
  };
}

/** The scale, or that of the sizes that are given in its place. */
function scaleOf(
  { hr_scale = 2, hr_resize_x: x = 0, hr_resize_y: y = 0 }: Fields,
  { width, height }: Parameters<typeof readHires>[1],
): number {
  const scales = [
    [x, width],
    [y, height],
  ].flatMap(([wanted, first]) => (wanted ? [first ? wanted / first : undefined] : []));
  const [scale = hr_scale, other = scale] = scales;
  if (!scales.includes(undefined) && scale === other && scale >= 1) return scale;
  throw serverError(
    "REQUEST_UNSUPPORTED",
    `hr_resize_x ${x}, hr_resize_y ${y}: the result has the proportions of width and height; give them, and hr_scale`,
  );
}
