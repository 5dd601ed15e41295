// Tells kinds of things apart: logistic regression on features of the emoji that the model was trained on, drawn on white.
import { createHash } from "node:crypto";
import { kindOf, openIcons, TRAINING_SETS } from "@sunstep/emoji-data";
import type { RgbImage } from "@sunstep/image";
import type { FeatureStore } from "../features/feature-store.js";
import { imageSpace } from "../features/image-space.js";
import { OBJECT_KINDS, OBJECTS } from "../prompts/attribute-pairs.js";
import { type Classifier, fitClassifier } from "../statistics/logistic.js";

export interface ObjectClassifier {
  /** Probability that an image shows a thing of that kind, among `OBJECT_KINDS`. */
  probability(features: Float32Array, kind: string): number;
  /** Share of held-out renders whose kind is right. */
  readonly accuracy: number;
  readonly heldOut: number;
}

interface Sample {
  readonly row: Float64Array;
  readonly label: number;
  readonly isHeldOut: boolean;
}

const KINDS: readonly string[] = OBJECT_KINDS;

/** Fits a classifier to renders. Each thing is held out in one of its three styles, in turn, to check it; the final one is fitted to all. */
export async function fitObjectClassifier(store: FeatureStore): Promise<ObjectClassifier> {
  const renders: { features: Float32Array; label: number; isHeldOut: boolean }[] = [];
  for (const [style, set] of TRAINING_SETS.entries()) {
    const icons = openIcons(set);
    for (const [index, concept] of OBJECTS.entries()) {
      const drawing = await icons.render(concept);
      if (!drawing) continue;
      const image = onWhite(drawing);
      const features = await store.get(keyOf(image), async () => image);
      renders.push({ features, label: KINDS.indexOf(kindOf(concept)), isHeldOut: (index + style) % 3 === 0 });
    }
  }
  const project = imageSpace(
    renders.map(({ features }) => features),
    "ImageNet",
  );
  const samples = renders.map(({ features, ...rest }): Sample => ({ row: project(features), ...rest }));
  const judge = fit(samples.filter(({ isHeldOut }) => !isHeldOut));
  const heldOut = samples.filter(({ isHeldOut }) => isHeldOut);
  const right = heldOut.filter(({ row, label }) => {
    const probabilities = judge(row);
    return probabilities[label] === Math.max(...probabilities);
  });
  const classify = fit(samples);
  return {
    probability: (features, kind) => classify(project(features))[KINDS.indexOf(kind)]!,
    accuracy: right.length / heldOut.length,
    heldOut: heldOut.length,
  };
}

const fit = (samples: readonly Sample[]): Classifier =>
  fitClassifier(
    samples.map(({ row }) => row),
    samples.map(({ label }) => label),
    KINDS.length,
  );

const keyOf = ({ data }: RgbImage): string => createHash("sha256").update(data).digest("hex").slice(0, 40);

/** Composes a drawing with straight alpha on a white ground. */
function onWhite({ width, height, data }: RgbImage): RgbImage {
  const rgb = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [pixel, c] = [Math.floor(i / 3), i % 3];
    const opacity = data[4 * pixel + 3]! / 255;
    return Math.round(data[4 * pixel + c]! * opacity + 255 * (1 - opacity));
  });
  return { width, height, channels: 3, data: rgb };
}
