// Measures the effect of negative prompts by one method against the guided teacher's.
import { bootstrap, type Estimate } from "../statistics/bootstrap.js";

/** One pair, measured with one method. */
export interface AttributeMeasurement {
  readonly kind: string;
  /** Share or probability of the named attribute: without a negative prompt, and with it. */
  readonly without: number;
  readonly with: number;
  /** Change of the features by an unrelated negative prompt. */
  readonly unrelatedChange: number;
  /** Change of the pixels by the negative prompt, mean of all channels, of 255. */
  readonly ownChange: number;
}

export interface AttributeEffect {
  /** Mean fall of the attribute over the teacher's: of all pairs, and by the kind of attribute. */
  readonly share: Estimate;
  readonly byKind: Readonly<Record<string, Estimate>>;
  /** Mean change of the pixels over the teacher's, by the kind of attribute. */
  readonly changeByKind: Readonly<Record<string, Estimate>>;
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
      unrelated: mean(method, indices, "unrelatedChange") / mean(teacher, indices, "unrelatedChange"),
      ...Object.fromEntries(
        kinds.flatMap((kind) => {
          const chosen = indices.filter((i) => teacher[i]!.kind === kind);
          return [
            [`${kind} share`, share(chosen)],
            [`${kind} change`, mean(method, chosen, "ownChange") / mean(teacher, chosen, "ownChange")],
          ];
        }),
      ),
    } as Record<string, number>;
  });
  const byKind = (what: string) =>
    Object.fromEntries(kinds.map((kind) => [kind, estimates[`${kind} ${what}`]!]));
  return {
    share: estimates.share!,
    unrelated: estimates.unrelated!,
    byKind: byKind("share"),
    changeByKind: byKind("change"),
  };
}

/** Mean fall of the attribute over some of the pairs. */
export function fall(rows: readonly AttributeMeasurement[], indices: readonly number[]): number {
  return mean(rows, indices, "without") - mean(rows, indices, "with");
}

const mean = (
  rows: readonly AttributeMeasurement[],
  indices: readonly number[],
  what: "without" | "with" | "unrelatedChange" | "ownChange",
): number => indices.reduce((sum, i) => sum + rows[i]![what], 0) / indices.length;
