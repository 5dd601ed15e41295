// Assertions that need no test runner.
import { SunstepError, type SunstepErrorLike } from "@sunstep/errors";

export function expectTrue(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

/** Fails unless every element is within `tolerance`, relative and absolute; with 0, unless all are equal. */
export function expectClose(
  actual: ArrayLike<number | bigint>,
  expected: ArrayLike<number | bigint>,
  tolerance = 0,
): void {
  expectTrue(actual.length === expected.length, `${actual.length} elements instead of ${expected.length}`);
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [Number(actual[i]), Number(expected[i])];
    if (!(Math.abs(a - e) <= tolerance * (1 + Math.abs(e))))
      throw new Error(`element ${i} is ${a}, not ${e}`);
  }
}

/** Fails unless the work rejects with an error of this code whose message contains all of `parts`. */
export async function expectFailure(
  work: Promise<unknown>,
  code: string,
  ...parts: string[]
): Promise<SunstepErrorLike> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!SunstepError.isInstance(error, code))
    throw new Error(`expected ${code}, got ${String(error)}`, { cause: error });
  for (const part of parts) {
    expectTrue(
      error.message.includes(part),
      `the message of ${code} does not name ${part}: ${error.message}`,
    );
  }
  return error;
}
