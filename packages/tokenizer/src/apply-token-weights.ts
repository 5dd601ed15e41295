// Token weights on the text encoder's output, as AUTOMATIC1111's "Original" emphasis (modules/sd_emphasis.py): every
// token's vector is multiplied, then the whole chunk is scaled so that its mean is what it was.

import { tokenizerError } from "./errors.js";

export interface ApplyTokenWeightsOptions {
  /** Scale each chunk back to its mean before the weights. Default true. */
  readonly restoreMean?: boolean;
  /** Tokens of one chunk, for the mean. Default: all weights are of one chunk. */
  readonly chunkLength?: number;
}

/**
 * @param hidden [tokens, width] float32, row-major: the text encoder's output of one chunk or of several in a row
 * @param weights one per token
 * @returns a new array; `hidden` stays as it is
 */
export function applyTokenWeights(
  hidden: Float32Array,
  weights: ArrayLike<number>,
  { restoreMean = true, chunkLength = weights.length }: ApplyTokenWeightsOptions = {},
): Float32Array {
  const tokens = weights.length;
  const fits = tokens > 0 && hidden.length % tokens === 0 && chunkLength > 0 && tokens % chunkLength === 0;
  if (!fits) {
    throw tokenizerError(
      "TOKEN_WEIGHTS_MISMATCH",
      `${hidden.length} values of hidden states cannot be ${tokens} tokens in chunks of ${chunkLength}`,
      { hidden: hidden.length, tokens, chunkLength },
    );
  }
  const width = hidden.length / tokens;
  const weighted = hidden.map((value, i) => value * weights[Math.floor(i / width)]!);
  if (!restoreMean) return weighted;
  for (let start = 0; start < hidden.length; start += chunkLength * width) {
    const end = start + chunkLength * width;
    const sumAfter = sum(weighted.subarray(start, end));
    const factor = sum(hidden.subarray(start, end)) / sumAfter;
    // A chunk whose weights cancel out has no mean to restore; the original divides by zero here.
    if (sumAfter === 0 || factor === 1) continue;
    for (let i = start; i < end; i++) weighted[i] = weighted[i]! * factor;
  }
  return weighted;
}

function sum(values: Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
