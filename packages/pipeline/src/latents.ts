import { checkFinite } from "./checks.js";
import { concatenate } from "./concatenate.js";

/** diffusers models/autoencoders/vae.py, DiagonalGaussianDistribution.sample. */
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

/** The same array `count` times over. */
export function repeat(values: Float32Array, count: number): Float32Array {
  if (count === 1) return values;
  return concatenate(Array.from({ length: count }, () => values));
}

/** `painted` where the mask is 1, `original` where it is 0. The mask is [height, width], shared by pictures and channels. */
export function blend(original: Float32Array, painted: Float32Array, mask: Float32Array): Float32Array {
  return painted.map((value, i) => {
    const weight = mask[i % mask.length]!;
    return (1 - weight) * original[i]! + weight * value;
  });
}

/** Joins [batch, a, n], [batch, b, n], … along the channel axis, where n is the size of one channel. */
export function joinChannels(batch: number, parts: readonly Float32Array[]): Float32Array {
  const one = (part: Float32Array, i: number) =>
    part.subarray((i * part.length) / batch, ((i + 1) * part.length) / batch);
  return concatenate(Array.from({ length: batch }, (_, i) => parts.map((part) => one(part, i))).flat());
}
