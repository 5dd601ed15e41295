// The sizes that a model makes on a device.

import type { ModelInfo } from "./model.js";
import { clampTo, type Range, ranges, type Size } from "./settings.js";

/** WebAssembly has 4 GB of memory, weights included: so many times the size that the model is made for. */
const wasmFactor = 1.5;
/** Models small enough that WebAssembly makes this side whatever they are made for. */
const wasmSide = 512;
/** Beyond this multiple of the size that it was made for, no model makes an image of one thing. */
const modelFactor = 4;

/** Returns the numbers of pixels that a side may have. `info`: the open model, if one is. */
export function sideRange(info: ModelInfo | undefined): Range {
  const { width } = ranges;
  if (!info) return width;
  const made = Math.max(info.defaults.width, info.defaults.height);
  const device = info.backend.includes("wasm") ? Math.max(wasmSide, made * wasmFactor) : width.max;
  return { ...width, max: clampTo(width, Math.min(device, made * modelFactor)) };
}

/** Returns the size, or the largest one of its proportions that is possible. */
export function fitSides({ width, height }: Size, range: Range): Size {
  const scale = range.max / Math.max(width, height);
  if (scale >= 1) return { width, height };
  return { width: clampTo(range, width * scale), height: clampTo(range, height * scale) };
}

/** Returns the scales of a second run whose result is not beyond `range`. */
export function hiresRange({ width, height }: Size, range: Range): Range {
  const { min, max, step } = ranges.hiresScale;
  const most = Math.floor(range.max / Math.max(width, height) / step) * step;
  return { min, step, max: clampTo(ranges.hiresScale, Math.min(max, most)) };
}

/** Returns true for a size at which the model repeats or distorts what it shows. */
export function isFarFrom({ width, height }: Size, made: Size): boolean {
  const ratio = (width * height) / (made.width * made.height);
  return ratio > 1.6 || ratio < 0.6;
}
