import type { ErrorDetails } from "./sunstep-error.js";

/**
 * Something that was assumed, ignored or left out, so that the result may differ from what the user expects. A message
 * says what, where, and what to do, as an error's does.
 */
export interface SunstepWarning {
  /** Stable, UPPER_SNAKE, listed by the package that gives the warning. */
  readonly code: string;
  readonly message: string;
  readonly details: ErrorDetails;
}
