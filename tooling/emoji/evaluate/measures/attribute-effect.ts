// Measures the effect of negative prompts by one method against the guided teacher's.
import { bootstrap, type Estimate } from "../statistics/bootstrap.js";

/** One pair, measured with one method. */
export interface AttributeMeasurement {
  readonly kind: string;
  /** Share or probability of the named attribute: without a negative prompt, and with it. */
  readonly without: number;
  readonly with: number;
  /** Change of the image by an unrelated negative prompt. */
  readonly unrelatedChange: number;
}

export interface AttributeEffect {
  /** Mean fall of the attribute over the teacher's: of all pairs, and by the kind of attribute. */
  readonly share: Estimate;
  readonly byKind: Readonly<Record<string, Estimate>>;
  /** Mean change by unrelated negative prompts over the teacher's. */
  readonly unrelated: Estimate;
}

/** Compares measurements of the same pairs. */
export function attributeEffect(
  teacher: readonly AttributeMeasurement[],
  method: readonly AttributeMeasurement[],
): AttributeEffect {
  const kinds = [...new Set(teacher.map(({ kind }) => kind))];
  const estimates = bootstrap(teacher.length, (indices) => {
    const share = (chosen: readonly number[]) => fall(method, chosen) / fall(teacher, chosen);
    return {
      share: share(indices),
      unrelated: change(method, indices) / change(teacher, indices),
      ...Object.fromEntries(
        kinds.map((kind) => [`${kind} share`, share(indices.filter((i) => teacher[i]!.kind === kind))]),
      ),
    } as Record<string, number>;
  });
  return {
    share: estimates.share!,
    unrelated: estimates.unrelated!,
    byKind: Object.fromEntries(kinds.map((kind) => [kind, estimates[`${kind} share`]!])),
  };
}

/** Mean fall of the attribute over some of the pairs. */
export function fall(rows: readonly AttributeMeasurement[], indices: readonly number[]): number {
  return mean(indices.map((i) => rows[i]!.without - rows[i]!.with));
}

const change = (rows: readonly AttributeMeasurement[], indices: readonly number[]): number =>
  mean(indices.map((i) => rows[i]!.unrelatedChange));

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
