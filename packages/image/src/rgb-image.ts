import { imageError } from "./errors.js";

/** An image in memory: `data` is [height, width, channels], 8 bits each; 1 grey, 3 RGB, 4 RGB and alpha. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}

/** Throws IMAGE_SIZE_MISMATCH unless `data` has as many bytes as the sizes say. */
export function checkImage({ width, height, channels, data }: RgbImage): void {
  const sizes = [width, height].every((size) => Number.isInteger(size) && size > 0);
  if (!sizes || ![1, 3, 4].includes(channels) || data.length !== width * height * channels) {
    throw imageError(
      "IMAGE_SIZE_MISMATCH",
      `${data.length} bytes cannot be an image of ${width}x${height} with ${channels} channels`,
      { width, height, channels, bytes: data.length },
    );
  }
}

/** The image with three channels; alpha is dropped, grey repeated, as Pillow's convert("RGB"). */
export function toRgb(image: RgbImage): RgbImage {
  checkImage(image);
  const { width, height, channels, data } = image;
  if (channels === 3) return image;
  const rgb = new Uint8Array(width * height * 3);
  const step = channels === 1 ? 0 : 1;
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) rgb[i * 3 + c] = data[i * channels + c * step]!;
  }
  return { width, height, channels: 3, data: rgb };
}

/** The image with one channel, weighed as Pillow's convert("L"): ITU-R 601-2 in 16-bit fixed point. */
export function toGrey(image: RgbImage): RgbImage {
  checkImage(image);
  const { width, height, channels, data } = image;
  if (channels === 1) return image;
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    const at = i * channels;
    grey[i] = (data[at]! * 19595 + data[at + 1]! * 38470 + data[at + 2]! * 7471 + 0x8000) >> 16;
  }
  return { width, height, channels: 1, data: grey };
}
