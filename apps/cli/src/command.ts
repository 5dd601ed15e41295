import type { Console } from "./console.js";
import type { OptionSpecs } from "./options.js";
import type { ParsedOptions } from "./parse-options.js";

/** What a command may use of the world around it. */
export interface CommandContext {
  readonly console: Console;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** The command ends by itself after Ctrl-C, and is waited for however long it takes; a second Ctrl-C ends it. */
  endsByItself(): void;
}

export interface Command<Specs extends OptionSpecs = OptionSpecs> {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly options: Specs;
  /** Further lines of the help text. */
  readonly details?: readonly string[];
  /** Resolves to the exit code. */
  run(parsed: ParsedOptions<Specs>, context: CommandContext): Promise<number>;
}
