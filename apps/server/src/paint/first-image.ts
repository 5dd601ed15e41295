import { type RgbImage, toRgb } from "@sunstep/image";
import type { BlobStore } from "@sunstep/jobs";
import type { GenerateOptions } from "sunstep";
import { fillMasked } from "./fill-masked.js";
import { maskedRegion, type Rectangle } from "./masked-region.js";
import type { PaintInput } from "./paint-input.js";
import { fitTo, pixelsOf, toSharp } from "./pixels.js";
import { readBlob } from "./read-blob.js";
import { readMask } from "./read-mask.js";

/** The options of image-to-image and inpainting, and the last step of each image. */
export interface FirstImage {
  readonly options: Pick<GenerateOptions, "image" | "mask" | "strength" | "width" | "height">;
  finish(image: RgbImage): Promise<RgbImage>;
}

/** Reads the image and the mask that a job starts from. @throws RESULT_MISSING, IMAGE_ENCODING, codes of `imageErrors` */
export async function firstImage(input: PaintInput, blobs: BlobStore): Promise<FirstImage | undefined> {
  const { image: address, mask, resize = "stretch", strength } = input;
  if (address === undefined) return undefined;
  const image = await readBlob(blobs, address);
  const size = { width: input.width ?? eights(image.width), height: input.height ?? eights(image.height) };
  const shared = { ...size, ...(strength !== undefined && { strength }) };
  const fitted = { options: { image: await fitTo(image, size, resize), ...shared }, finish: same };
  if (!mask) return fitted;
  const grey = await readMask(await readBlob(blobs, mask.blob), mask, image);
  const region = mask.onlyMasked === undefined ? undefined : maskedRegion(grey, mask.onlyMasked, size);
  const painted = async (from: RgbImage, white: RgbImage) => ({
    image: mask.filled ? await fillMasked(from, white) : from,
    mask: white,
    ...shared,
  });
  if (!region) {
    const { image: whole } = fitted.options;
    const white = await fitTo(grey, size, resize);
    return {
      options: await painted(whole, white),
      finish: (made) => pasted(made, whole, white, { left: 0, top: 0, ...size }),
    };
  }
  const cut = async (whole: RgbImage) =>
    fitTo(await pixelsOf(toSharp(whole).extract(region)), size, "stretch");
  return {
    options: await painted(await cut(image), await cut(grey)),
    finish: (made) => pasted(made, image, grey, region),
  };
}

const same = async (image: RgbImage) => image;

/** Largest multiple of 8 that is not larger, as AUTOMATIC1111 takes it. */
const eights = (length: number) => Math.max(8, length - (length % 8));

/** Puts a painted rectangle back into the whole image, as far as the mask is white. */
async function pasted(
  made: RgbImage,
  image: RgbImage,
  mask: RgbImage,
  { left, top, ...size }: Rectangle,
): Promise<RgbImage> {
  const { data: patch } = toRgb(await fitTo(made, size, "stretch"));
  const whole = toRgb(image);
  const data = Uint8Array.from(whole.data);
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++) {
      const at = (top + y) * image.width + left + x;
      const alpha = mask.data[at]! / 255;
      for (let c = 0; c < 3; c++) {
        const [old, painted] = [whole.data[at * 3 + c]!, patch[(y * size.width + x) * 3 + c]!];
        data[at * 3 + c] = Math.round(old + (painted - old) * alpha);
      }
    }
  return { ...whole, data };
}
