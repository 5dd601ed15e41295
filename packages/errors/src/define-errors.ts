import { SunstepError, type SunstepErrorOptions } from "./sunstep-error.js";

/** Makes an error of one of the codes in `Table`, with a message that says what was wrong, where, and what to do. */
export type ErrorFactory<Table> = (
  code: keyof Table & string,
  message: string,
  options?: SunstepErrorOptions,
) => SunstepError;

/**
 * Declares the errors of a package: `table` holds each code with its meaning. Returns the table, which the package
 * exports as `<package>Errors`, and the factory of its errors, which takes no other code.
 */
export function defineErrors<const Table extends Readonly<Record<string, string>>>(
  table: Table,
): readonly [errors: Table, error: ErrorFactory<Table>] {
  return [table, (code, message, options) => new SunstepError(code, message, options)];
}
