// Token weights on the text encoder's output, as AUTOMATIC1111's "Original" emphasis (modules/sd_emphasis.py): every
// token's vector is multiplied, then the whole chunk is scaled so that its mean is what it was.

import { tokenizerError } from "../errors.js";

/**
 * Multiplies the vectors of one chunk by their tokens' weights and restores the chunk's mean.
 * @param hidden [tokens, width] float32, row-major: the text encoder's output; it stays as it is
 * @param weights one per token
 * @throws SunstepError TOKEN_WEIGHTS_MISMATCH
 */
export function applyTokenWeights(hidden: Float32Array, weights: ArrayLike<number>): Float32Array {
  const tokens = weights.length;
  if (tokens === 0 || hidden.length % tokens !== 0) {
    throw tokenizerError(
      "TOKEN_WEIGHTS_MISMATCH",
      `${hidden.length} values of hidden states cannot be ${tokens} tokens`,
      { hidden: hidden.length, tokens },
    );
  }
  const width = hidden.length / tokens;
  const weighted = hidden.map((value, i) => value * weights[Math.floor(i / width)]!);
  const sumAfter = sum(weighted);
  // A chunk whose weights cancel out has no mean to restore; the original divides by zero here.
  if (sumAfter === 0) return weighted;
  const factor = sum(hidden) / sumAfter;
  return factor === 1 ? weighted : weighted.map((value) => value * factor);
}

function sum(values: Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
