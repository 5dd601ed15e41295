// Compares SUN's images in 8 bits with those in float32.
import type { Dtype } from "@sunstep/pipeline";
import type { FeatureStore } from "../features/feature-store.js";
import { imageSpace } from "../features/image-space.js";
import type { ImageSet } from "../images/gallery.js";
import { sun, TEACHER } from "../images/sampler.js";
import type { StudioFiles } from "../images/studio.js";
import {
  type AttributeEffect,
  type AttributeMeasurement,
  attributeEffect,
} from "../measures/attribute-effect.js";
import { fitObjectClassifier } from "../measures/object-classifier.js";
import { peakSignalToNoise } from "../measures/similarity.js";
import { attributePairs } from "../prompts/attribute-pairs.js";
import { promptList } from "../prompts/prompt-list.js";
import { frechetDistanceTo } from "../statistics/frechet.js";
import { gaussian } from "../statistics/gaussian.js";
import { type Context, withStudios } from "./context.js";
import { SUN_SCHEDULER } from "./model-sets.js";
import { fallsByKind, REPORTED_PAIRS, REPORTED_SEED } from "./negative-methods.js";
import { collectPairs, measurePairs } from "./pair-sets.js";

/** Effect of negative prompts in 8 bits, as a share of float32's. */
export interface Int8Negatives extends AttributeEffect {
  readonly pairs: number;
  /** Mean fall of each attribute, of 1. */
  readonly falls: Readonly<Record<Dtype, Readonly<Record<string, number>>>>;
}

export interface Int8Comparison {
  /** Decibels of int8 images to float32 images of the same prompt and seed, ascending. */
  readonly decibels: readonly number[];
  /** Fréchet distance to the guided teacher's images. */
  readonly fd: Readonly<Record<Dtype, number>>;
  readonly negative: Int8Negatives;
  readonly sets: Readonly<Record<Dtype, ImageSet>>;
}

export async function int8Comparison(
  context: Context,
  files: StudioFiles,
  store: FeatureStore,
): Promise<Int8Comparison> {
  const { gallery } = context;
  const prompts = promptList(context.prompts);
  const pairs = attributePairs(Math.min(context.prompts, REPORTED_PAIRS), REPORTED_SEED);
  const sampler = sun(SUN_SCHEDULER, 4);
  const setsOf = (dtype: Dtype) =>
    withStudios(context, { ...files, dtype }, async (studios) => ({
      images: await gallery.collect(`SUN, ${dtype}`, studios, sampler, prompts),
      pairs: await collectPairs(gallery, studios, `SUN, ${dtype}`, { sampler, without: sampler }, pairs),
    }));
  const [int8, float32] = [await setsOf("int8"), await setsOf("float32")];
  const teacher = await withStudios(context, { model: files.model }, (studios) =>
    gallery.collect("25 guided steps", studios, TEACHER, prompts),
  );
  const reference = await teacher.features("ImageNet");
  const project = imageSpace(reference, "ImageNet");
  const everything = prompts.map((_, i) => i);
  const distance = frechetDistanceTo(gaussian(reference.map(project), everything));
  const fd = async (set: ImageSet) =>
    distance(gaussian((await set.features("ImageNet")).map(project), everything));
  const objects = await fitObjectClassifier(store);
  const decibels = await Promise.all(
    everything.map(async (i) => peakSignalToNoise(await float32.images.image(i), await int8.images.image(i))),
  );
  return {
    decibels: decibels.sort((a, b) => a - b),
    fd: { float32: await fd(float32.images), int8: await fd(int8.images) },
    negative: effect(
      await measurePairs(pairs, float32.pairs, objects, project),
      await measurePairs(pairs, int8.pairs, objects, project),
    ),
    sets: { float32: float32.images, int8: int8.images },
  };
}

const effect = (
  float32: readonly AttributeMeasurement[],
  int8: readonly AttributeMeasurement[],
): Int8Negatives => ({
  ...attributeEffect(float32, int8),
  pairs: float32.length,
  falls: { float32: fallsByKind(float32), int8: fallsByKind(int8) },
});
