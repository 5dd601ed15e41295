// Lanczos resizing equal to Pillow's (src/libImaging/Resample.c, 8 bits per channel): rows first, then columns, with
// weights in 22-bit fixed point, so that the bytes are the same.

import { fail } from "./errors.js";
import { checkImage, type RgbImage } from "./rgb-image.js";

export interface ResizeOptions {
  /** "stretch" ignores proportions (diffusers' default); "crop" keeps them, fills the size and cuts the rest. */
  readonly mode?: "stretch" | "crop";
}

const precision = 2 ** 22;
const lobes = 3;

/** Resizes to exactly `width` x `height`. */
export function resize(
  image: RgbImage,
  width: number,
  height: number,
  { mode = "stretch" }: ResizeOptions = {},
): RgbImage {
  checkImage(image);
  if (![width, height].every((size) => Number.isInteger(size) && size > 0)) {
    fail("IMAGE_SIZE_MISMATCH", `a picture cannot be made ${width}x${height}`, { width, height });
  }
  if (mode === "stretch") return stretch(image, width, height);
  // As VaeImageProcessor._resize_and_crop.
  const wider = width / height > image.width / image.height;
  const fullWidth = wider ? width : Math.floor((image.width * height) / image.height);
  const fullHeight = wider ? Math.floor((image.height * width) / image.width) : height;
  const left = Math.floor(fullWidth / 2) - Math.floor(width / 2);
  const top = Math.floor(fullHeight / 2) - Math.floor(height / 2);
  return crop(stretch(image, fullWidth, fullHeight), left, top, width, height);
}

function stretch(image: RgbImage, width: number, height: number): RgbImage {
  const { channels } = image;
  let { data } = image;
  if (width !== image.width) {
    data = resampleLines(data, { lines: image.height, from: image.width, to: width, channels });
  }
  if (height !== image.height) {
    // Columns are one line of "pixels" that are whole rows.
    data = resampleLines(data, { lines: 1, from: image.height, to: height, channels: width * channels });
  }
  return { width, height, channels, data };
}

interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

/** For each output position, the first input position and the weights from there on. */
function taps(from: number, to: number): Taps[] {
  const scale = from / to;
  const filterScale = Math.max(scale, 1);
  const support = lobes * filterScale;
  return Array.from({ length: to }, (_, position) => {
    const center = (position + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(from, Math.trunc(center + support + 0.5));
    const raw = Array.from({ length: end - first }, (_, i) =>
      lanczos((i + first - center + 0.5) * (1 / filterScale)),
    );
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    const weights = raw.map((weight) => {
      const scaled = (weight / total) * precision;
      return Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    });
    return { first, weights };
  });
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));
const lanczos = (x: number) => (x >= -lobes && x < lobes ? sinc(x) * sinc(x / lobes) : 0);

const toByte = (sum: number) => Math.min(255, Math.max(0, Math.floor(sum / precision)));

function resampleLines(
  data: Uint8Array,
  { lines, from, to, channels }: { lines: number; from: number; to: number; channels: number },
): Uint8Array {
  const result = new Uint8Array(lines * to * channels);
  for (const [x, { first, weights }] of taps(from, to).entries()) {
    for (let line = 0; line < lines; line++) {
      for (let c = 0; c < channels; c++) {
        let sum = precision / 2;
        let at = (line * from + first) * channels + c;
        for (const weight of weights) {
          sum += data[at]! * weight;
          at += channels;
        }
        result[(line * to + x) * channels + c] = toByte(sum);
      }
    }
  }
  return result;
}

function crop(image: RgbImage, left: number, top: number, width: number, height: number): RgbImage {
  const { channels } = image;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * image.width + left) * channels;
    data.set(image.data.subarray(start, start + width * channels), y * width * channels);
  }
  return { width, height, channels, data };
}
