import type { Guidance } from "./guidance.js";

/** Two evaluations: from the negative prompt's prediction through the prompt's (Ho & Salimans 2022, arXiv 2207.12598). */
export const classifierFreeGuidance: Guidance = {
  name: "classifier-free",
  evaluationsPerStep: 2,
  readsNegative: true,
  async predict(evaluate, prompts, { scale, rescale, batch }) {
    const negative = await evaluate(prompts.negative);
    const positive = await evaluate(prompts.positive);
    return rescaleGuided(guide(negative, positive, scale), positive, rescale, batch);
  },
};

/** negative + scale * (positive - negative). Arrays are flat and of one length. */
export function guide(negative: Float32Array, positive: Float32Array, scale: number): Float32Array {
  return positive.map((value, i) => negative[i]! + scale * (value - negative[i]!));
}

/**
 * Scales each image's guided prediction to the standard deviation of the prompt's, and mixes both by `rescale`
 * (Lin et al. 2023, arXiv 2305.08891, section 3.4; diffusers rescale_noise_cfg).
 */
export function rescaleGuided(
  guided: Float32Array,
  positive: Float32Array,
  rescale: number,
  batch: number,
): Float32Array {
  if (rescale === 0) return guided;
  const size = guided.length / batch;
  const result = new Float32Array(guided.length);
  for (let start = 0; start < guided.length; start += size) {
    const ratio =
      standardDeviation(positive.subarray(start, start + size)) /
      standardDeviation(guided.subarray(start, start + size));
    const factor = rescale * ratio + (1 - rescale);
    for (let i = start; i < start + size; i++) result[i] = guided[i]! * factor;
  }
  return result;
}

/** Unbiased, as torch.std. */
function standardDeviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
