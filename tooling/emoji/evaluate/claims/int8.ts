// Compares SUN's images in 8 bits with those in float32.
import type { Dtype } from "@sunstep/pipeline";
import { imageSpace } from "../features/image-space.js";
import type { ImageSet } from "../images/gallery.js";
import { sun, TEACHER } from "../images/sampler.js";
import type { StudioFiles } from "../images/studio.js";
import { type NegativeEffect, negativeEffect } from "../measures/negative-effect.js";
import { peakSignalToNoise } from "../measures/similarity.js";
import { fitStyleClassifier } from "../measures/style-classifier.js";
import { negativePairs } from "../prompts/negative-pairs.js";
import { promptList } from "../prompts/prompt-list.js";
import { frechetDistanceTo } from "../statistics/frechet.js";
import { gaussian } from "../statistics/gaussian.js";
import { type Context, withStudios } from "./context.js";
import { SUN_SCHEDULER } from "./model-sets.js";
import { MOST_PAIRS, measurePairs, pairSets } from "./negative-prompts.js";

export interface Int8Comparison {
  /** Decibels of int8 images to float32 images of the same prompt and seed, ascending. */
  readonly decibels: readonly number[];
  /** Fréchet distance to the guided teacher's images. */
  readonly fd: Readonly<Record<Dtype, number>>;
  /** Effect of negative prompts: `teacher` is float32, `sun` is int8. */
  readonly negative: NegativeEffect;
  readonly sets: Readonly<Record<Dtype, ImageSet>>;
}

export async function int8Comparison(context: Context, files: StudioFiles): Promise<Int8Comparison> {
  const { gallery } = context;
  const prompts = promptList(context.prompts);
  const pairs = negativePairs(Math.min(context.prompts, MOST_PAIRS));
  const sampler = sun(SUN_SCHEDULER, 4);
  const setsOf = (dtype: Dtype) =>
    withStudios(context, { ...files, dtype }, async (studios) => ({
      images: await gallery.collect(`SUN, ${dtype}`, studios, sampler, prompts),
      pairs: await pairSets(context, `SUN, ${dtype}`, studios, sampler, pairs),
    }));
  const [int8, float32] = [await setsOf("int8"), await setsOf("float32")];
  const teacher = await withStudios(context, { model: files.model }, (studios) =>
    gallery.collect("25 guided steps", studios, TEACHER, prompts),
  );
  const project = imageSpace(teacher.features);
  const everything = prompts.map((_, i) => i);
  const distance = frechetDistanceTo(gaussian(teacher.features.map(project), everything));
  const fd = ({ features }: ImageSet) => distance(gaussian(features.map(project), everything));
  const style = fitStyleClassifier(teacher.features, prompts);
  const decibels = await Promise.all(
    everything.map(async (i) => peakSignalToNoise(await float32.images.image(i), await int8.images.image(i))),
  );
  return {
    decibels: decibels.sort((a, b) => a - b),
    fd: { float32: fd(float32.images), int8: fd(int8.images) },
    negative: negativeEffect(
      await measurePairs(pairs, float32.pairs, style, project),
      await measurePairs(pairs, int8.pairs, style, project),
    ),
    sets: { float32: float32.images, int8: int8.images },
  };
}
