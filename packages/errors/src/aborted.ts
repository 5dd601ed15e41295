import { commonError } from "./common-errors.js";
import type { SunstepError, SunstepErrorOptions } from "./sunstep-error.js";

/** Returns the error that a cancelled operation rejects with. `message` names the operation, as in "the run was cancelled". */
export function abortedError(
  signal: AbortSignal | undefined,
  message: string,
  details?: SunstepErrorOptions,
): SunstepError {
  return commonError("ABORTED", message, { ...details, cause: signal?.reason });
}

/**
 * Checks a signal between two pieces of work. `operation` is the subject of the message, as in "the run".
 * @throws ABORTED
 */
export function throwIfAborted(signal: AbortSignal | undefined, operation: string): void {
  if (signal?.aborted) throw abortedError(signal, `${operation} was cancelled`);
}

/**
 * Runs `work`, which may reject with the signal's raw reason, as `fetch` and timers do, and turns its rejection into
 * ABORTED if the signal was aborted.
 * @throws ABORTED
 */
export async function abortable<T>(
  signal: AbortSignal | undefined,
  operation: string,
  work: () => Promise<T>,
): Promise<T> {
  throwIfAborted(signal, operation);
  try {
    return await work();
  } catch (error) {
    throwIfAborted(signal, operation);
    throw error;
  }
}
