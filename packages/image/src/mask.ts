// Masks of inpainting: 1 where the image is painted anew.

import { type Tensor, tensor } from "@sunstep/tensor";
import { imageError } from "./errors.js";
import { fullSize } from "./resize.js";
import { checkImage, type RgbImage, toGrey } from "./rgb-image.js";

/** A grey of at least half means "paint anew", as in diffusers. */
const HALF = 128;

/**
 * Returns the mask as [1, 1, height, width], float32: 1 where it is white, else 0. An image with alpha counts as laid on
 * black; where its colours say nothing, because all are the same, alpha alone is the mask.
 */
export function maskToTensor(mask: RgbImage): Tensor<"float32"> {
  const { width, height } = mask;
  const values = Float32Array.from(maskLevels(mask), (level) => (level < HALF ? 0 : 1));
  return tensor(values, [1, 1, height, width], "float32");
}

function maskLevels(mask: RgbImage): Uint8Array {
  const { data: grey } = toGrey(mask);
  if (mask.channels !== 4) return grey;
  const alpha = grey.map((_, i) => mask.data[i * 4 + 3]!);
  if (alpha.every((value) => value === 255)) return grey;
  const isPlain = grey.every((value) => value === grey[0]);
  return isPlain ? alpha : grey.map((value, i) => Math.round((value * alpha[i]!) / 255));
}

/**
 * Returns the mask at `width` x `height`, cropped as `resize` crops an image. A pixel of the result is white if any pixel
 * of the mask that it covers is: thin strokes stay.
 * @throws SunstepError IMAGE_SIZE_MISMATCH
 */
export function resizeMask(mask: RgbImage, width: number, height: number): RgbImage {
  const { data } = maskToTensor(mask);
  const full = fullSize(mask, width, height, "crop");
  const columns = covered(mask.width, full.width, width);
  const rows = covered(mask.height, full.height, height);
  const result = new Uint8Array(width * height);
  for (const [y, [top, bottom]] of rows.entries()) {
    for (const [x, [left, right]] of columns.entries())
      result[y * width + x] = 255 * largest(data, mask.width, top, bottom, left, right);
  }
  return { width, height, channels: 1, data: result };
}

type Range = readonly [from: number, to: number];

/** For each of the `kept` middle pixels of `to`, the pixels of `from` that it covers. */
function covered(from: number, to: number, kept: number): readonly Range[] {
  const first = Math.floor(to / 2) - Math.floor(kept / 2);
  const scale = from / to;
  return Array.from({ length: kept }, (_, i) => {
    const start = Math.min(Math.floor((first + i) * scale), from - 1);
    // In an enlarged mask a pixel covers only a share of one.
    return [start, Math.max(start + 1, Math.min(from, Math.round((first + i + 1) * scale)))];
  });
}

function largest(
  values: Float32Array,
  width: number,
  top: number,
  bottom: number,
  left: number,
  right: number,
): number {
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) if (values[y * width + x] === 1) return 1;
  return 0;
}

/**
 * Reduction of a mask to the size of latents: "maximum" makes a latent white if any of its pixels is, so that strokes
 * thinner than a latent stay; "nearest" takes the first pixel of each patch, as diffusers does.
 */
export type MaskReduction = "maximum" | "nearest";

/**
 * Reduces a mask [1, 1, height, width] to one value for each patch of `factor` x `factor` pixels. Throws
 * `IMAGE_SIZE_MISMATCH` unless both sizes are multiples of `factor`.
 */
export function maskToLatents(
  mask: Tensor<"float32">,
  factor: number,
  reduction: MaskReduction = "maximum",
): Tensor<"float32"> {
  const [, , height = 0, width = 0] = mask.shape;
  if (height % factor !== 0 || width % factor !== 0) {
    throw imageError(
      "IMAGE_SIZE_MISMATCH",
      `a mask of ${width}x${height} cannot be reduced ${factor} times: its sizes must be multiples of it`,
      { width, height, factor },
    );
  }
  const [rows, columns] = [height / factor, width / factor];
  const data = new Float32Array(rows * columns);
  for (const [i, value] of mask.data.entries()) {
    const [row, column] = [Math.floor(i / width), i % width];
    const isFirst = row % factor === 0 && column % factor === 0;
    if (reduction === "nearest" && !isFirst) continue;
    const at = Math.floor(row / factor) * columns + Math.floor(column / factor);
    data[at] = Math.max(data[at]!, value);
  }
  return tensor(data, [1, 1, rows, columns], "float32");
}

/** Throws IMAGE_SIZE_MISMATCH, with both sizes, unless the mask is as large as the image. */
export function checkMaskSize(image: RgbImage, mask: RgbImage): void {
  checkImage(image);
  checkImage(mask);
  if (image.width !== mask.width || image.height !== mask.height) {
    throw imageError(
      "IMAGE_SIZE_MISMATCH",
      `the mask is ${mask.width}x${mask.height}, the image ${image.width}x${image.height}: make them the same size`,
      { mask: [mask.width, mask.height], image: [image.width, image.height] },
    );
  }
}
