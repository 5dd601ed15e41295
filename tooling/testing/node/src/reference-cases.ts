import { readFileSync } from "node:fs";
import { fixture } from "./fixture.js";

/** A case of a reference set's cases.json: the fields that every kind has. */
export interface ReferenceCase {
  readonly id: string;
  readonly group: string;
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** Checks the cases of one kind of a reference set. */
export interface KindChecker {
  readonly kind: string;
  /**
   * Runs one entry of the set's `cases.json` through the packages' public functions, and throws an Error that names the
   * wrong value. `testCase` and the files of `dir` are the only sources of knowledge about a case.
   */
  check(testCase: Record<string, unknown>, dir: string): Promise<void>;
}

/**
 * Returns the cases of one kind in the repository's share of the reference set. A package whose numbers they are checks
 * each of them in its own tests.
 */
export function referenceCases(kind: string): readonly ReferenceCase[] {
  const { cases } = JSON.parse(readFileSync(fixture("cases.json"), "utf8")) as {
    cases: readonly ReferenceCase[];
  };
  const own = cases.filter((entry) => entry.kind === kind);
  if (own.length === 0) throw new Error(`cases.json has no case of kind ${kind}`);
  return own;
}
