// Keeping the predicted clean sample in range.

import { flag, number, onlyWith } from "../options.js";

export const thresholdingOptions = {
  thresholding: flag(false),
  dynamic_thresholding_ratio: onlyWith("thresholding", number(0.995)),
  sample_max_value: onlyWith("thresholding", number(1)),
};

export const clippingOptions = (clipByDefault: boolean) => ({
  ...thresholdingOptions,
  clip_sample: flag(clipByDefault),
  clip_sample_range: onlyWith("clip_sample", number(1)),
});

interface Thresholding {
  readonly thresholding: boolean;
  readonly dynamic_thresholding_ratio: number;
  readonly sample_max_value: number;
}

interface Clipping extends Thresholding {
  readonly clip_sample: boolean;
  readonly clip_sample_range: number;
}

/** Dynamic thresholding if the config asks for it, else clipping if it asks for that. */
export function limit(clean: Float32Array, options: Clipping, batch: number): Float32Array {
  if (!options.thresholding && options.clip_sample) return clip(clean, options.clip_sample_range);
  return threshold(clean, options, batch);
}

export function clip(values: Float32Array, range: number): Float32Array {
  return values.map((value) => Math.min(Math.max(value, -range), range));
}

/**
 * Dynamic thresholding (Saharia et al. 2022, section 2.3): each sample is clipped to a quantile of its magnitudes and
 * divided by it. Returns its input when the config does not ask for it.
 */
export function threshold(clean: Float32Array, options: Thresholding, batch: number): Float32Array {
  if (!options.thresholding) return clean;
  const result = new Float32Array(clean.length);
  const size = clean.length / batch;
  for (let start = 0; start < clean.length; start += size) {
    const one = clean.subarray(start, start + size);
    const quantile = quantileOf(one.map(Math.abs), options.dynamic_thresholding_ratio);
    const bound = Math.min(Math.max(quantile, 1), options.sample_max_value);
    for (let i = 0; i < size; i++) {
      result[start + i] = Math.min(Math.max(one[i]!, -bound), bound) / bound;
    }
  }
  return result;
}

/** torch.quantile with linear interpolation; the rank is a float32 there. */
function quantileOf(values: Float32Array, ratio: number): number {
  const sorted = values.toSorted();
  const rank = Math.fround(Math.fround(ratio) * (sorted.length - 1));
  const low = Math.floor(rank);
  const [a, b] = [sorted[low]!, sorted[Math.min(low + 1, sorted.length - 1)]!];
  return a + (b - a) * (rank - low);
}
