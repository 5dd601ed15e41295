// Measures the effect of negative prompts with SUN against the guided teacher.
import { bootstrap, type Estimate } from "../statistics/bootstrap.js";

/** One pair, measured with one network and sampler. */
export interface NegativeMeasurement {
  readonly kind: "colour" | "style";
  /** Share or probability of the named attribute: with an empty negative prompt, and with the negative prompt. */
  readonly without: number;
  readonly with: number;
  /** Change of the image under an unrelated negative prompt; for pairs about colour only. */
  readonly unrelatedChange?: number;
}

export interface NegativeEffect {
  readonly pairs: number;
  /** Mean fall of the attribute. */
  readonly teacher: Estimate;
  readonly sun: Estimate;
  /** SUN's fall over the teacher's. */
  readonly ratio: Estimate;
  readonly colourRatio: Estimate;
  readonly styleRatio: Estimate;
  /** SUN's mean change over the teacher's under unrelated negative prompts. */
  readonly unrelated: Estimate;
}

/** Compares measurements of the same pairs. */
export function negativeEffect(
  teacher: readonly NegativeMeasurement[],
  sun: readonly NegativeMeasurement[],
): NegativeEffect {
  const fall = (rows: readonly NegativeMeasurement[], indices: readonly number[], kind?: string) =>
    mean(indices.flatMap((i) => (kind && rows[i]!.kind !== kind ? [] : [rows[i]!.without - rows[i]!.with])));
  const change = (rows: readonly NegativeMeasurement[], indices: readonly number[]) =>
    mean(indices.flatMap((i) => rows[i]!.unrelatedChange ?? []));
  const estimates = bootstrap(teacher.length, (indices) => ({
    teacher: fall(teacher, indices),
    sun: fall(sun, indices),
    ratio: fall(sun, indices) / fall(teacher, indices),
    colourRatio: fall(sun, indices, "colour") / fall(teacher, indices, "colour"),
    styleRatio: fall(sun, indices, "style") / fall(teacher, indices, "style"),
    unrelated: change(sun, indices) / change(teacher, indices),
  }));
  return { pairs: teacher.length, ...estimates };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
