/** A case of cases.json: the fields every kind has. */
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
   * Runs one entry of the set's `cases.json` through the packages' public functions; throws an Error that says which
   * value was wrong. Knows nothing about a case but what `testCase` and the files of `dir` say.
   */
  check(testCase: Record<string, unknown>, dir: string): Promise<void>;
}
