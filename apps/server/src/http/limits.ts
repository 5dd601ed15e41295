import { serverError } from "../errors.js";
import type { PaintInput } from "../paint/paint-input.js";

export interface Limits {
  /** Width times height of an image. */
  readonly pixels: number;
  readonly steps: number;
  /** Images of one request. */
  readonly images: number;
  /** Bytes of a request. */
  readonly body: number;
  /** Milliseconds that a request's job has. */
  readonly deadline: number;
}

export const defaultLimits: Limits = {
  pixels: 2048 * 2048,
  steps: 150,
  images: 16,
  body: 64 * 2 ** 20,
  deadline: 30 * 60_000,
};

/** Side in pixels that models make where a request does not say: the largest, Stable Diffusion XL's. */
const LARGEST = 1024;

/** The library's scale of a second pass. */
const HIRES_SCALE = 2;

/** @throws REQUEST_LIMIT */
export function checkLimits({ width, height, steps, count, hires }: PaintInput, limits: Limits): void {
  const pixels = hires
    ? (width ?? LARGEST) * (height ?? LARGEST) * (hires.scale ?? HIRES_SCALE) ** 2
    : (width ?? 0) * (height ?? 0);
  const rows = [
    ["width × height", pixels, limits.pixels],
    ["width", width ?? 0, limits.pixels / 64],
    ["height", height ?? 0, limits.pixels / 64],
    ["steps", Math.max(steps ?? 0, hires?.steps ?? 0), limits.steps],
    ["number of images", count, limits.images],
  ] as const;
  for (const [name, value, most] of rows) {
    if (value > most)
      throw serverError("REQUEST_LIMIT", `${name} ${value}: this server takes ${most} at most`, {
        name,
        value,
        most,
      });
  }
}
