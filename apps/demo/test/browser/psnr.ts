import type { RgbImage } from "@sunstep/image";

/** Returns the peak signal-to-noise ratio of two 8-bit images in decibels; Infinity for equal images. */
export function psnr(actual: RgbImage, expected: RgbImage): number {
  const { width, height, channels, data } = expected;
  if (actual.width !== width || actual.height !== height || actual.channels !== channels) {
    throw new Error(
      `${actual.width}x${actual.height}x${actual.channels} and ${width}x${height}x${channels} differ in size`,
    );
  }
  const squares = data.reduce((sum, value, i) => sum + (value - actual.data[i]!) ** 2, 0);
  return 10 * Math.log10(255 ** 2 / (squares / data.length));
}
