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
   * Runs one entry of the set's `cases.json` through the packages' public functions, and throws an Error that names the
   * wrong value. `testCase` and the files of `dir` are the only sources of knowledge about a case.
   */
  check(testCase: Record<string, unknown>, dir: string): Promise<void>;
}
