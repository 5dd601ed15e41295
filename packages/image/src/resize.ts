// Lanczos resizing equal to Pillow's (src/libImaging/Resample.c, 8 bits per channel): rows first, then columns, with
// weights in 22-bit fixed point, so that the bytes are the same.

import { imageError } from "./errors.js";
import { checkImage, type RgbImage } from "./rgb-image.js";

export interface ResizeOptions {
  /** "stretch" ignores proportions (diffusers' default); "crop" keeps them, fills the size and cuts the rest. */
  readonly mode?: "stretch" | "crop";
}

const precision = 2 ** 22;
const lobes = 3;

/**
 * Resizes to exactly `width` x `height` pixels. Computes only the part that is kept.
 * @throws SunstepError IMAGE_SIZE_MISMATCH
 */
export function resize(
  image: RgbImage,
  width: number,
  height: number,
  { mode = "stretch" }: ResizeOptions = {},
): RgbImage {
  checkImage(image);
  if (![width, height].every((size) => Number.isInteger(size) && size > 0)) {
    throw imageError("IMAGE_SIZE_MISMATCH", `an image cannot be made ${width}x${height}`, { width, height });
  }
  const full = fullSize(image, width, height, mode);
  const columns: Axis = { from: image.width, to: full.width, first: middle(full.width, width), count: width };
  const rows: Axis = {
    from: image.height,
    to: full.height,
    first: middle(full.height, height),
    count: height,
  };
  const { channels } = image;
  const narrow = resampleLines(image.data, image.height, channels, columns);
  // Columns are one line of "pixels" that are whole rows.
  const data = resampleLines(narrow, 1, width * channels, rows);
  return { width, height, channels, data };
}

/** Returns the size of the whole resized image before it is cut, as VaeImageProcessor._resize_and_crop computes it. */
export function fullSize(
  image: { readonly width: number; readonly height: number },
  width: number,
  height: number,
  mode: "stretch" | "crop",
): { readonly width: number; readonly height: number } {
  if (mode === "stretch") return { width, height };
  const wider = width / height > image.width / image.height;
  return wider
    ? { width, height: Math.floor((image.height * width) / image.width) }
    : { width: Math.floor((image.width * height) / image.height), height };
}

/** Resizing along one axis: `from` pixels become `to`, of which `count` from `first` on are kept. */
interface Axis {
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly count: number;
}

const middle = (full: number, kept: number) => Math.floor(full / 2) - Math.floor(kept / 2);

interface Taps {
  readonly start: number;
  readonly weights: readonly number[];
}

/** For an output position, the first input position and the weights from there on. */
function tapsOf(position: number, { from, to }: Axis): Taps {
  const scale = from / to;
  const filterScale = Math.max(scale, 1);
  const support = lobes * filterScale;
  const center = (position + 0.5) * scale;
  const start = Math.max(0, Math.trunc(center - support + 0.5));
  const end = Math.min(from, Math.trunc(center + support + 0.5));
  const raw = Array.from({ length: end - start }, (_, i) =>
    lanczos((i + start - center + 0.5) * (1 / filterScale)),
  );
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  const weights = raw.map((weight) => {
    const scaled = (weight / total) * precision;
    return Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  });
  return { start, weights };
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));
const lanczos = (x: number) => (x >= -lobes && x < lobes ? sinc(x) * sinc(x / lobes) : 0);

const toByte = (sum: number) => Math.min(255, Math.max(0, Math.floor(sum / precision)));

function resampleLines(data: Uint8Array, lines: number, channels: number, axis: Axis): Uint8Array {
  const { from, to, first, count } = axis;
  if (from === to && count === to) return data;
  const result = new Uint8Array(lines * count * channels);
  for (let x = 0; x < count; x++) {
    const { start, weights } = tapsOf(first + x, axis);
    for (let line = 0; line < lines; line++) {
      for (let c = 0; c < channels; c++) {
        let sum = precision / 2;
        let at = (line * from + start) * channels + c;
        for (const weight of weights) {
          sum += data[at]! * weight;
          at += channels;
        }
        result[(line * count + x) * channels + c] = toByte(sum);
      }
    }
  }
  return result;
}
