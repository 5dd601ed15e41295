import { SunstepError } from "@sunstep/errors";

/** Code of errors in how the command was called. */
export const USAGE = "USAGE";

/** The command was called wrongly; what to type instead is in the message. Exit code 2. */
export function usageError(message: string): SunstepError {
  return new SunstepError(USAGE, message);
}
