// Compares the effect of negative prompts with the guided teacher and with SUN.
import { imageSpace } from "../features/image-space.js";
import type { ImageSet } from "../images/gallery.js";
import { type Sampler, sun, TEACHER } from "../images/sampler.js";
import type { Studio, StudioFiles } from "../images/studio.js";
import { colourShare } from "../measures/colour-share.js";
import { type ColourValidation, validateColourShare } from "../measures/colour-validation.js";
import {
  type NegativeEffect,
  type NegativeMeasurement,
  negativeEffect,
} from "../measures/negative-effect.js";
import { euclidean } from "../measures/similarity.js";
import { fitStyleClassifier, type StyleClassifier } from "../measures/style-classifier.js";
import { type NegativePair, negativePairs } from "../prompts/negative-pairs.js";
import { promptList } from "../prompts/prompt-list.js";
import type { Projection } from "../statistics/projection.js";
import { type Context, withStudios } from "./context.js";
import { FLOOR, type ModelSets, SUN_SCHEDULER } from "./model-sets.js";

/** Number of pairs; each needs up to three images of the teacher. */
export const MOST_PAIRS = 400;

export interface NegativePrompts extends NegativeEffect {
  readonly colourMeasure: ColourValidation;
  /** Share of held-out images whose style is classified correctly. */
  readonly styleAccuracy: number;
}

/** The images of all pairs by one network and sampler. */
export interface PairSets {
  readonly without: ImageSet;
  readonly with: ImageSet;
  /** Images of the pairs about colour, in their order. */
  readonly unrelated: ImageSet;
}

export async function negativePrompts(
  context: Context,
  files: StudioFiles,
  { reference, sets }: ModelSets,
): Promise<NegativePrompts & { readonly teacherSets: PairSets; readonly sunSets: PairSets }> {
  const pairs = negativePairs(Math.min(context.prompts, MOST_PAIRS));
  const prompts = promptList(context.prompts);
  const style = fitStyleClassifier([...reference.features, ...sets[FLOOR]!.features], prompts);
  const project = imageSpace(reference.features);
  const { teacherSets, sunSets } = await withStudios(context, files, async (studios) => ({
    teacherSets: await pairSets(context, "teacher", studios, TEACHER, pairs),
    sunSets: await pairSets(context, "SUN", studios, sun(SUN_SCHEDULER, 4), pairs),
  }));
  const effect = negativeEffect(
    await measurePairs(pairs, teacherSets, style, project),
    await measurePairs(pairs, sunSets, style, project),
  );
  return {
    ...effect,
    colourMeasure: await validateColourShare(reference, prompts),
    styleAccuracy: style.accuracy,
    teacherSets,
    sunSets,
  };
}

/** Makes the images of all pairs. */
export async function pairSets(
  { gallery }: Context,
  name: string,
  studios: readonly Studio[],
  sampler: Sampler,
  pairs: readonly NegativePair[],
): Promise<PairSets> {
  const collect = (what: string, chosen: readonly NegativePair[], negative: (pair: NegativePair) => string) =>
    gallery.collect(
      `negative prompts, ${name}, ${what}`,
      studios,
      sampler,
      chosen.map((pair) => ({ caption: pair.caption, seed: pair.seed, negative: negative(pair) })),
    );
  return {
    without: await collect("none", pairs, () => ""),
    with: await collect("its own", pairs, ({ negative }) => negative),
    unrelated: await collect("unrelated", pairs.filter(isColour), ({ unrelated }) => unrelated),
  };
}

/** Measures the attribute that each pair is about. */
export async function measurePairs(
  pairs: readonly NegativePair[],
  sets: PairSets,
  style: StyleClassifier,
  project: Projection,
): Promise<NegativeMeasurement[]> {
  const rows: NegativeMeasurement[] = [];
  let colourPairs = 0;
  for (const [index, { attribute }] of pairs.entries()) {
    const attributeOf = async (set: ImageSet) =>
      attribute.kind === "colour"
        ? colourShare(await set.image(index), attribute.colour)
        : style.probability(set.features[index]!, attribute.style);
    const row = {
      kind: attribute.kind,
      without: await attributeOf(sets.without),
      with: await attributeOf(sets.with),
    };
    if (attribute.kind === "style") rows.push(row);
    else {
      const unrelated = project(sets.unrelated.features[colourPairs++]!);
      rows.push({ ...row, unrelatedChange: euclidean(project(sets.without.features[index]!), unrelated) });
    }
  }
  return rows;
}

const isColour = ({ attribute }: NegativePair) => attribute.kind === "colour";
