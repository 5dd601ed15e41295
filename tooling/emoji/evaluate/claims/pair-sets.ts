// The images of pairs of a caption and a negative prompt, and their measurements.
import { imageSpace } from "../features/image-space.js";
import type { Gallery, ImageSet } from "../images/gallery.js";
import type { Sampler } from "../images/sampler.js";
import type { Studio } from "../images/studio.js";
import type { AttributeMeasurement } from "../measures/attribute-effect.js";
import { colourShare } from "../measures/colour-share.js";
import type { ObjectClassifier } from "../measures/object-classifier.js";
import { euclidean, meanDifference } from "../measures/similarity.js";
import type { AttributePair } from "../prompts/attribute-pairs.js";
import type { Projection } from "../statistics/projection.js";

/** The images of all pairs by one sampler. */
export interface PairSets {
  readonly without: ImageSet;
  readonly with: ImageSet;
  readonly unrelated: ImageSet;
}

/** The samplers of images with and without a negative prompt. */
export interface PairSampler {
  readonly sampler: Sampler;
  readonly without: Sampler;
}

export async function collectPairs(
  gallery: Gallery,
  studios: readonly Studio[],
  name: string,
  { sampler, without }: PairSampler,
  pairs: readonly AttributePair[],
): Promise<PairSets> {
  const set = (what: string, by: Sampler, negative: (pair: AttributePair) => string) =>
    gallery.collect(
      `${name}, ${what}`,
      studios,
      by,
      pairs.map((pair) => ({ caption: pair.caption, seed: pair.seed, negative: negative(pair) })),
    );
  return {
    without: await set("none", without, () => ""),
    with: await set("its own", sampler, ({ negative }) => negative),
    unrelated: await set("unrelated", sampler, ({ unrelated }) => unrelated),
  };
}

/** The space in which changes are measured, from the teacher's images with their negative prompts. */
export const pairSpace = async (teacher: PairSets): Promise<Projection> =>
  imageSpace(await teacher.with.features("ImageNet"), "ImageNet");

export async function measurePairs(
  pairs: readonly AttributePair[],
  sets: PairSets,
  objects: ObjectClassifier,
  project: Projection,
): Promise<readonly AttributeMeasurement[]> {
  const [without, withIt, unrelated] = await Promise.all(
    [sets.without, sets.with, sets.unrelated].map((set) => set.features("ImageNet")),
  );
  const rows: AttributeMeasurement[] = [];
  for (const [index, { attribute }] of pairs.entries()) {
    const images = [await sets.without.image(index), await sets.with.image(index)] as const;
    const strength = (image: (typeof images)[number], features: Float32Array) =>
      attribute.kind === "object"
        ? objects.probability(features, attribute.object)
        : colourShare(image, attribute.colour);
    rows.push({
      kind: attribute.kind,
      without: strength(images[0], without![index]!),
      with: strength(images[1], withIt![index]!),
      unrelatedChange: euclidean(project(without![index]!), project(unrelated![index]!)),
      ownChange: meanDifference(...images),
    });
  }
  return rows;
}
