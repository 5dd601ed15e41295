import { SunstepError } from "@sunstep/errors";

/** The code of usage errors. */
export const USAGE = "USAGE";

/** Creates the error of a wrong call, whose message says what to type instead. Exit code 2. */
export function usageError(message: string): SunstepError {
  return new SunstepError(USAGE, message);
}
