import type { RgbImage } from "@sunstep/image";
import { ssim } from "ssim.js";

/** Returns the mean structural similarity of two images (Wang et al. 2004): 1 for equal ones. */
export function structuralSimilarity(a: RgbImage, b: RgbImage): number {
  return ssim(withAlpha(a), withAlpha(b), { ssim: "fast", downsample: false }).mssim;
}

/** Returns the peak signal-to-noise ratio of two images of one size, in decibels. */
export function peakSignalToNoise({ data: a }: RgbImage, { data: b }: RgbImage): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i]! - b[i]!) ** 2;
  return 10 * Math.log10((255 ** 2 * a.length) / squares);
}

/** Converts to the ImageData form of browsers, which ssim.js takes. */
function withAlpha({ width, height, data }: RgbImage) {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = data[3 * i + c]!;
  }
  return { width, height, data: rgba };
}

/** Returns the cosine of the angle between two feature vectors. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let product = 0;
  let first = 0;
  let second = 0;
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!;
    first += a[i]! ** 2;
    second += b[i]! ** 2;
  }
  return product / Math.sqrt(first * second);
}

/** Returns the mean absolute difference of two images of one size, of 255. */
export function meanDifference({ data: a }: RgbImage, { data: b }: RgbImage): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length;
}

export function euclidean(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}
