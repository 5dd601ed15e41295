import { SunstepError, type SunstepErrorLike } from "@sunstep/errors";
import { expect } from "vitest";

/** The typed error that a promise ends in. */
export async function errorOf(promise: Promise<unknown>): Promise<SunstepErrorLike> {
  const result = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!("error" in result)) throw new Error("expected an error");
  expect(SunstepError.isInstance(result.error), String(result.error)).toBe(true);
  return result.error as SunstepErrorLike;
}
