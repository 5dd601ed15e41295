// Compares the effect of negative prompts with SUN, and with 4 guided steps, to the guided teacher's.
import type { FeatureStore } from "../features/feature-store.js";
import type { ImageSet } from "../images/gallery.js";
import { guided, sun, TEACHER } from "../images/sampler.js";
import type { StudioFiles } from "../images/studio.js";
import { type AttributeEffect, attributeEffect } from "../measures/attribute-effect.js";
import { type ColourDrift, colourDrift, meanColours } from "../measures/colour-drift.js";
import { type ColourValidation, validateColourShare } from "../measures/colour-validation.js";
import { fitObjectClassifier, type ObjectClassifier } from "../measures/object-classifier.js";
import { attributePairs } from "../prompts/attribute-pairs.js";
import { promptList } from "../prompts/prompt-list.js";
import { type Context, withStudios } from "./context.js";
import { GUIDED, SUN, SUN_SCHEDULER } from "./model-sets.js";
import { fallsByKind, REPORTED_SEED } from "./negative-methods.js";
import { collectPairs, measurePairs, type PairSets, pairSpace } from "./pair-sets.js";

/** The compared samplers of 4 steps, by the names of their sets. */
const SAMPLERS = {
  [SUN]: sun(SUN_SCHEDULER, 4),
  [GUIDED]: guided("dpm++2m", 4),
} as const;

export interface MeasuredSampler extends AttributeEffect {
  /** Drift from the teacher's image of the same prompts, negative prompt, and seed. */
  readonly drift: ColourDrift;
}

export interface NegativePrompts {
  readonly pairs: number;
  /** The teacher's mean fall of each attribute, of 1. */
  readonly teacher: Readonly<Record<string, number>>;
  readonly samplers: Readonly<Record<string, MeasuredSampler>>;
  readonly colourMeasure: ColourValidation;
  /** Check of the classifier of objects on renders that it was not fitted on. */
  readonly objects: Pick<ObjectClassifier, "accuracy" | "heldOut">;
}

export async function negativePrompts(
  context: Context,
  files: StudioFiles,
  pairCount: number,
  features: FeatureStore,
): Promise<NegativePrompts> {
  const pairs = attributePairs(pairCount, REPORTED_SEED);
  const prompts = promptList(context.prompts);
  const objects = await fitObjectClassifier(features);
  const { reference, teacherSets, sets } = await withStudios(context, files, async (studios) => {
    const collect = (name: string, sampler: typeof TEACHER) =>
      collectPairs(
        context.gallery,
        studios,
        `negative prompts, ${name}`,
        { sampler, without: sampler },
        pairs,
      );
    const teacherSets = await collect("teacher", TEACHER);
    const sets: [string, PairSets][] = [];
    for (const [name, sampler] of Object.entries(SAMPLERS)) sets.push([name, await collect(name, sampler)]);
    // The teacher's images of the prompts, which check the measure of colours.
    const reference = await context.gallery.collect("base, 25 guided", studios, TEACHER, prompts);
    return { reference, teacherSets, sets };
  });
  const project = await pairSpace(teacherSets);
  const teacherRows = await measurePairs(pairs, teacherSets, objects, project);
  const teacherColours = await pairColours(teacherSets);
  const samplers: [string, MeasuredSampler][] = [];
  for (const [name, pairSets] of sets) {
    const effect = attributeEffect(teacherRows, await measurePairs(pairs, pairSets, objects, project));
    // First all images without a negative prompt, then all with.
    const asked = [...pairs.map((pair) => ({ ...pair, negative: "" })), ...pairs];
    samplers.push([
      name,
      { ...effect, drift: colourDrift(await pairColours(pairSets), teacherColours, asked) },
    ]);
  }
  return {
    pairs: pairs.length,
    teacher: fallsByKind(teacherRows),
    samplers: Object.fromEntries(samplers),
    colourMeasure: await validateColourShare(reference, prompts),
    objects: { accuracy: objects.accuracy, heldOut: objects.heldOut },
  };
}

const pairColours = async ({ without, with: named }: Pick<PairSets, "without" | "with">) =>
  (await Promise.all([without, named].map((set: ImageSet) => meanColours(set)))).flat();
