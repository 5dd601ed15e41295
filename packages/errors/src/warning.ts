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

/** Makes a warning of one of the codes in `Table`. */
export type WarningFactory<Table> = (
  code: keyof Table & string,
  message: string,
  details?: ErrorDetails,
) => SunstepWarning;

/**
 * Declares the warnings of a package, as `defineErrors` its errors. Returns the table of codes and meanings, which the
 * package exports as `<package>Warnings`, and the factory of its warnings.
 */
export function defineWarnings<const Table extends Readonly<Record<string, string>>>(
  table: Table,
): readonly [warnings: Table, warning: WarningFactory<Table>] {
  return [table, (code, message, details = {}) => ({ code, message, details })];
}
