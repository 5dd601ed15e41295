import type { Console, OptionSpecs, ParsedOptions } from "@sunstep/command-line";

/** The environment of a command. */
export interface CommandContext {
  readonly console: Console;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Declares that the command ends by itself after Ctrl-C: the program waits for it, until a second Ctrl-C. */
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
