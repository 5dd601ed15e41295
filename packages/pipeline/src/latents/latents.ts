import { concatenate } from "../prompts/concatenate.js";
import { checkFinite } from "./check-finite.js";

/** Sizes of a batch of latents. */
export interface LatentSize {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

/** Samples as diffusers' DiagonalGaussianDistribution.sample (models/autoencoders/vae.py), and scales. */
export function sampleLatents(
  mean: Float32Array,
  logVariance: Float32Array,
  noise: Float32Array,
  scalingFactor: number,
): Float32Array {
  const latents = mean.map(
    (value, i) => (value + Math.exp(0.5 * logVariance[i]!) * noise[i]!) * scalingFactor,
  );
  checkFinite(latents, "the VAE encoder");
  return latents;
}

/** Repeats an array `count` times. */
export function repeat(values: Float32Array, count: number): Float32Array {
  if (count === 1) return values;
  return concatenate(Array.from({ length: count }, () => values));
}

/** Takes `painted` where the mask is 1 and `original` where it is 0. The mask is [height, width], for all images and channels. */
export function blend(original: Float32Array, painted: Float32Array, mask: Float32Array): Float32Array {
  return painted.map((value, i) => {
    const weight = mask[i % mask.length]!;
    return (1 - weight) * original[i]! + weight * value;
  });
}

/** Joins [batch, a, n], [batch, b, n], … along the channel axis, where n is the size of one channel. */
export function joinChannels(batch: number, arrays: readonly Float32Array[]): Float32Array {
  const one = (array: Float32Array, i: number) =>
    array.subarray((i * array.length) / batch, ((i + 1) * array.length) / batch);
  return concatenate(Array.from({ length: batch }, (_, i) => arrays.map((array) => one(array, i))).flat());
}
