import type { RgbImage } from "sunstep";

/** Converts pixels to RGBA for a canvas, opaque where the image has no alpha. */
export function toImageData({ width, height, channels, data }: RgbImage): ImageData {
  const image = new ImageData(width, height);
  const step = channels === 1 ? 0 : 1;
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) image.data[i * 4 + c] = data[i * channels + c * step]!;
    image.data[i * 4 + 3] = channels === 4 ? data[i * 4 + 3]! : 255;
  }
  return image;
}
