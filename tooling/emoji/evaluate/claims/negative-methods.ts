// Compares the methods for negative prompts at 4 steps with each other, against the guided teacher.
import type { FeatureStore } from "../features/feature-store.js";
import type { Gallery, ImageSet } from "../images/gallery.js";
import { type Sampler, TEACHER } from "../images/sampler.js";
import type { Studio, StudioFiles } from "../images/studio.js";
import {
  type AttributeEffect,
  type AttributeMeasurement,
  attributeEffect,
  fall,
} from "../measures/attribute-effect.js";
import { fitObjectClassifier, type ObjectClassifier } from "../measures/object-classifier.js";
import { type AttributePair, attributePairs } from "../prompts/attribute-pairs.js";
import { frechetDistanceTo } from "../statistics/frechet.js";
import { gaussian } from "../statistics/gaussian.js";
import type { Projection } from "../statistics/projection.js";
import { type Context, withStudios } from "./context.js";
import { BASES, type Candidate, type Method, methodsOver } from "./negative-candidates.js";
import { collectPairs, measurePairs, pairSpace } from "./pair-sets.js";

/** First seeds. Pairs that choose strengths, and pairs that are reported, are different draws of prompts and noise. */
const TUNING_SEED = 300_000;
export const REPORTED_SEED = 400_000;
/** Pairs that are reported where no other number is asked for. */
export const REPORTED_PAIRS = 402;
/** Rounds in which one image of every method is timed. */
const TIMED = 7;

export interface NegativeMethodsOptions {
  readonly pairs: number;
  readonly tuningPairs: number;
}

/** One method over one sampler, at the strength that was chosen for it. */
export interface MeasuredMethod extends AttributeEffect {
  readonly base: string;
  readonly method: string;
  readonly strength: string;
  /** Fréchet distance of images with their negative prompts to the teacher's; 100 is the teacher's own variance. */
  readonly fd: number;
  /** Evaluations of the network for one image. */
  readonly evaluations: number;
  /** Median milliseconds of the denoising of one image. */
  readonly milliseconds: number;
}

export interface NegativeMethods {
  readonly pairs: number;
  readonly tuningPairs: number;
  /** Mean fall of each attribute with the teacher, of 1. */
  readonly teacher: Readonly<Record<string, number>>;
  readonly objects: Pick<ObjectClassifier, "accuracy" | "heldOut">;
  readonly methods: readonly MeasuredMethod[];
  /** Every strength on the pairs that chose among them. */
  readonly tried: readonly Tried[];
}

export interface Tried {
  readonly base: string;
  readonly method: string;
  readonly strength: string;
  readonly share: number;
  readonly unrelated: number;
}

interface Reference {
  readonly rows: readonly AttributeMeasurement[];
  readonly project: Projection;
  /** Fréchet distance of a set to the teacher's images with their negative prompts. */
  readonly distance: (set: ImageSet) => Promise<number>;
}

export async function negativeMethods(
  context: Context,
  files: Required<Pick<StudioFiles, "model" | "adapter" | "lcm">>,
  features: FeatureStore,
  { pairs: count, tuningPairs }: NegativeMethodsOptions,
): Promise<NegativeMethods> {
  const objects = await fitObjectClassifier(features);
  const tuning = attributePairs(tuningPairs, TUNING_SEED);
  const reported = attributePairs(count, REPORTED_SEED);
  return withStudios(context, files, async (studios) => {
    const { gallery } = context;
    const one = measurer(gallery, studios, objects);
    const references = { tuning: await one.reference(tuning), reported: await one.reference(reported) };
    const tried: Tried[] = [];
    const measured: { readonly effect: Omit<MeasuredMethod, "milliseconds">; readonly sampler: Sampler }[] =
      [];
    for (const base of BASES) {
      for (const method of methodsOver(base)) {
        const outcomes = await one.candidates(method, tuning, references.tuning);
        tried.push(...outcomes.map((outcome) => ({ base: base.name, method: method.name, ...outcome })));
        const { candidate } = outcomes.reduce((best, other) => (score(other) > score(best) ? other : best));
        const { rows, sets } = await one.measure(candidate, reported, references.reported);
        const { sampler, strength } = candidate;
        const effect = {
          base: base.name,
          method: method.name,
          strength,
          ...attributeEffect(references.reported.rows, rows),
          fd: await references.reported.distance(sets.with),
          evaluations: sampler.steps * (sampler.guidanceScale > 1 ? 2 : 1),
        };
        measured.push({ effect, sampler });
      }
    }
    const samplers = measured.map(({ sampler }) => sampler);
    const times = await timedInTurns(studios[0]!, samplers, reported[0]!);
    return {
      pairs: count,
      tuningPairs,
      teacher: fallsByKind(references.reported.rows),
      objects: { accuracy: objects.accuracy, heldOut: objects.heldOut },
      methods: measured.map(({ effect }, i) => ({ ...effect, milliseconds: times[i]! })),
      tried: tried.map(({ base, method, strength, share, unrelated }) => ({
        base,
        method,
        strength,
        share,
        unrelated,
      })),
    };
  });
}

/** The larger share of the teacher's effect, up to all of it, less any change by unrelated prompts above the teacher's. */
function score({ share, unrelated }: Pick<Tried, "share" | "unrelated">): number {
  return Math.min(share, 1) - Math.max(0, unrelated - 1);
}

function measurer(gallery: Gallery, studios: readonly Studio[], objects: ObjectClassifier) {
  const measure = async (candidate: Candidate, pairs: readonly AttributePair[], { project }: Reference) => {
    const name = `${candidate.sampler.lcm ? "LCM-style, " : ""}${candidate.sampler.negative?.method ?? (candidate.sampler.sun ? "SUN" : "guidance")}, ${candidate.strength}`;
    const sets = await collectPairs(gallery, studios, name, candidate, pairs);
    return { sets, rows: await measurePairs(pairs, sets, objects, project) };
  };
  return {
    measure,
    async reference(pairs: readonly AttributePair[]): Promise<Reference> {
      const sets = await collectPairs(
        gallery,
        studios,
        "teacher",
        { sampler: TEACHER, without: TEACHER },
        pairs,
      );
      const project = await pairSpace(sets);
      const all = pairs.map((_, index) => index);
      const rowsOf = async (set: ImageSet) => gaussian((await set.features("ImageNet")).map(project), all);
      const distance = frechetDistanceTo(await rowsOf(sets.with));
      return {
        rows: await measurePairs(pairs, sets, objects, project),
        project,
        distance: async (set) => distance(await rowsOf(set)),
      };
    },
    /** Measures every strength of a method. */
    async candidates(method: Method, pairs: readonly AttributePair[], reference: Reference) {
      const outcomes: (Pick<Tried, "strength" | "share" | "unrelated"> & {
        readonly candidate: Candidate;
      })[] = [];
      for (const candidate of method.candidates) {
        const { rows } = await measure(candidate, pairs, reference);
        const { share, unrelated } = attributeEffect(reference.rows, rows);
        outcomes.push({
          candidate,
          strength: candidate.strength,
          share: share.value,
          unrelated: unrelated.value,
        });
      }
      return outcomes;
    },
  };
}

export function fallsByKind(rows: readonly AttributeMeasurement[]): Record<string, number> {
  const indices = (kind: string) => rows.flatMap((row, i) => (row.kind === kind ? [i] : []));
  return Object.fromEntries(
    [...new Set(rows.map(({ kind }) => kind))].map((kind) => [kind, fall(rows, indices(kind))]),
  );
}

/** Median milliseconds of each sampler's denoising of one image, by rounds in which all take their turn. */
async function timedInTurns(
  studio: Studio,
  samplers: readonly Sampler[],
  pair: AttributePair,
): Promise<number[]> {
  const times = samplers.map((): number[] => []);
  for (let round = 0; round < TIMED; round++) {
    for (const [i, sampler] of samplers.entries()) {
      // The first image of a turn may load the network.
      await studio.generate([pair], sampler);
      const { timings } = await studio.generate([pair], sampler);
      times[i]!.push(timings.denoise);
    }
  }
  return times.map((values) => values.sort((a, b) => a - b)[TIMED >> 1]!);
}
