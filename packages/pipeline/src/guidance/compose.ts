import type { Conditioning, WeightedConditioning } from "../prompts/conditioning.js";
import type { Evaluate, GuidedConditionings } from "./guidance.js";

/**
 * Returns an evaluation that gives a composed prompt one prediction: base + sum of weight * (part - base), after Liu et al.
 * 2022 (arXiv 2206.01714). The base is the negative prompt's prediction, or without one the first part's, as
 * AUTOMATIC1111 has it (modules/sd_samplers_cfg_denoiser.py, combine_denoised). Evaluates each list once: it is for one step.
 * @param composed the parts of each image's prompt; undefined for a prompt that is not composed
 */
export function composing(
  evaluate: Evaluate,
  { positive, negative }: GuidedConditionings,
  composed: readonly (readonly WeightedConditioning[] | undefined)[],
): Evaluate {
  if (composed.every((parts) => parts === undefined)) return evaluate;
  const partsOf = new Map<Conditioning, readonly WeightedConditioning[] | undefined>(
    positive.map((one, i) => [one, composed[i]]),
  );
  const known = new Map<readonly Conditioning[], Promise<Float32Array>>();
  const once: Evaluate = (images) => {
    const prediction = known.get(images) ?? evaluate(images);
    known.set(images, prediction);
    return prediction;
  };
  return async (images) => {
    const parts = images.map((one) => partsOf.get(one));
    const count = Math.max(0, ...parts.map((list) => list?.length ?? 0));
    const first = await once(images);
    if (count === 0) return first;
    const base = negative.length === images.length ? await once(negative) : first;
    const size = first.length / images.length;
    const result = first.map((value, at) => (parts[Math.floor(at / size)] ? base[at]! : value));
    for (let j = 0; j < count; j++) {
      const prediction =
        j === 0 ? first : await once(images.map((one, i) => parts[i]?.[j]?.conditioning ?? one));
      for (const [i, list] of parts.entries()) {
        const weight = list?.[j]?.weight ?? 0;
        for (let at = i * size; at < (i + 1) * size; at++)
          result[at]! += weight * (prediction[at]! - base[at]!);
      }
    }
    return result;
  };
}
