import { SunstepError } from "@sunstep/errors";
import type { Console } from "./console.js";

export interface ShowErrorOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
  /** The line of a prompts file. */
  readonly where?: string | undefined;
}

/** Prints one line, "error CODE: message", and with `json` also an object on standard output. */
export function showError(
  console: Console,
  error: unknown,
  { json, verbose, where }: ShowErrorOptions = {},
): void {
  const code = SunstepError.isInstance(error) ? error.code : "INTERNAL";
  const message = (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, " ");
  const located = where === undefined ? message : `${where}: ${message}`;
  console.note(`error ${code}: ${located}`);
  if (verbose && error instanceof Error) console.note(error.stack ?? "");
  if (json)
    console.result(JSON.stringify({ error: { code, message, ...(where !== undefined && { where }) } }));
}
