import { distillationError } from "../errors.js";
import { type Recipe, recipeFields } from "../recipe.js";

/** The identity of a run: equal identities give equal losses. */
export interface RunIdentity {
  readonly model: { readonly name: string; readonly fingerprint: string };
  readonly data: { readonly name: string; readonly fingerprint: string };
  /** The adapter that the run began with, if any. */
  readonly start?: { readonly name: string; readonly fingerprint: string };
  readonly recipe: Recipe;
  readonly seed: number;
}

/**
 * Refuses another run's checkpoint.
 * @throws TRAINING_RESUME_MISMATCH, which lists every difference
 */
export function checkSameRun(checkpoint: RunIdentity, run: RunIdentity, file: string): void {
  const differences = [
    ...identityDifference("model", checkpoint.model, run.model),
    ...identityDifference("data", checkpoint.data, run.data),
    ...identityDifference("start", checkpoint.start, run.start),
    ...(checkpoint.seed === run.seed ? [] : [`seed ${checkpoint.seed} there, ${run.seed} here`]),
    ...recipeDifferences(checkpoint.recipe, run.recipe),
  ];
  if (differences.length === 0) return;
  throw distillationError(
    "TRAINING_RESUME_MISMATCH",
    `${file} belongs to another run: ${differences.join("; ")}. Resume it with the same inputs, or start a new run in another folder`,
    { file, differences },
  );
}

function identityDifference(
  what: string,
  there: RunIdentity["start"],
  here: RunIdentity["start"],
): readonly string[] {
  if (there?.fingerprint === here?.fingerprint) return [];
  return [`${what} ${there?.name ?? "untrained"} there, ${here?.name ?? "untrained"} here`];
}

function recipeDifferences(there: Recipe, here: Recipe): string[] {
  const [before, now] = [recipeFields(there), recipeFields(here)];
  return [...new Set([...before.keys(), ...now.keys()])].flatMap((field) => {
    const [a, b] = [JSON.stringify(before.get(field)), JSON.stringify(now.get(field))];
    return a === b ? [] : [`${field} ${a} there, ${b} here`];
  });
}
