// Classifies the style of an image: logistic regression on features of the teacher's images whose captions name a style.
import { STYLES } from "@sunstep/emoji-data";
import { imageSpace } from "../features/image-space.js";
import type { Prompt } from "../prompts/prompt.js";
import { type Classifier, fitClassifier } from "../statistics/logistic.js";

export interface StyleClassifier {
  /** Probability that an image is in that style. */
  probability(features: Float32Array, style: string): number;
  /** Accuracy on one half of the prompts after fitting on the other. */
  readonly accuracy: number;
}

/** Fits a classifier; `features[i]` belongs to the teacher's image of `prompts[i % prompts.length]`. */
export function fitStyleClassifier(
  features: readonly Float32Array[],
  prompts: readonly Prompt[],
): StyleClassifier {
  const project = imageSpace(features.slice(0, prompts.length));
  const samples = features.flatMap((row, i) => {
    const label = STYLES.findIndex((style) => prompts[i % prompts.length]!.caption.includes(style));
    return label < 0 ? [] : [{ row: project(row), label, half: (i % prompts.length) % 2 }];
  });
  const fit = (chosen: typeof samples): Classifier =>
    fitClassifier(
      chosen.map(({ row }) => row),
      chosen.map(({ label }) => label),
      STYLES.length,
    );
  const asked = samples.filter(({ half }) => half === 1);
  const judge = fit(samples.filter(({ half }) => half === 0));
  const right = asked.filter(({ row, label }) => {
    const probabilities = judge(row);
    return probabilities[label] === Math.max(...probabilities);
  });
  const classify = fit(samples);
  return {
    probability: (row, style) => classify(project(row))[STYLES.indexOf(style)]!,
    accuracy: right.length / asked.length,
  };
}
