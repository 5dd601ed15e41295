// Decoding, fitting and composing of images, by libvips.

import { decodeImageInSlices, type RgbImage } from "@sunstep/image";
import sharp, { type Sharp } from "sharp";
import { serverError } from "../errors.js";
import type { ResizeMode } from "./paint-input.js";

/** Pixels of an input image at most. */
const MAX_PIXELS = 64e6;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Decodes PNG, JPEG or WebP. @throws SunstepError IMAGE_ENCODING, codes of `imageErrors` */
export async function decode(bytes: Uint8Array): Promise<RgbImage> {
  const isWebp = Buffer.from(bytes.subarray(0, 4)).toString("latin1") === "RIFF";
  if (!isWebp) return decodeImageInSlices(bytes, { maxPixels: MAX_PIXELS });
  return pixelsOf(sharp(bytes, { limitInputPixels: MAX_PIXELS })).catch((cause: Error) => {
    throw serverError("IMAGE_ENCODING", `the WebP image cannot be decoded: ${cause.message}`, { cause });
  });
}

export const toSharp = ({ data, width, height, channels }: RgbImage): Sharp =>
  sharp(data, { raw: { width, height, channels } });

export async function pixelsOf(image: Sharp): Promise<RgbImage> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { width, height, channels: channels as RgbImage["channels"], data: new Uint8Array(data) };
}

/** Resizes to a size, as AUTOMATIC1111's resize modes do. */
export async function fitTo(image: RgbImage, size: Size, mode: ResizeMode): Promise<RgbImage> {
  if (image.width === size.width && image.height === size.height) return image;
  if (mode === "fill") return filledTo(image, size);
  const fit = mode === "crop" ? "cover" : "fill";
  return pixelsOf(toSharp(image).resize({ ...size, fit, kernel: "lanczos3" }));
}

/** Shows the whole image, and repeats its edges where the size has other proportions. */
async function filledTo(image: RgbImage, { width, height }: Size): Promise<RgbImage> {
  const scale = Math.min(width / image.width, height / image.height);
  const inner = {
    width: Math.min(width, Math.round(image.width * scale)),
    height: Math.min(height, Math.round(image.height * scale)),
  };
  const [left, top] = [Math.floor((width - inner.width) / 2), Math.floor((height - inner.height) / 2)];
  const [right, bottom] = [width - inner.width - left, height - inner.height - top];
  const resized = toSharp(image).resize({ ...inner, fit: "fill", kernel: "lanczos3" });
  return pixelsOf(resized.extend({ top, bottom, left, right, extendWith: "copy" }));
}

/** One channel of 8 bits: the brightness, or the transparency. */
export async function greyOf(image: RgbImage, byAlpha: boolean): Promise<RgbImage> {
  if (!byAlpha) return pixelsOf(toSharp(image).flatten().greyscale().extractChannel(0));
  if (image.channels !== 4) {
    throw serverError(
      "IMAGE_ENCODING",
      "the mask has no transparent pixels: they mark where the image is edited",
    );
  }
  return pixelsOf(toSharp(image).extractChannel("alpha").negate());
}
