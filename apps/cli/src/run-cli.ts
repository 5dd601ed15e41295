import { parseOptions, showError, USAGE } from "@sunstep/command-line";
import { SunstepError } from "@sunstep/errors";
import { version } from "sunstep";
import type { Command, CommandContext } from "./command.js";
import { cache } from "./commands/cache.js";
import { distill } from "./commands/distill.js";
import { generate } from "./commands/generate.js";
import { inspect } from "./commands/inspect.js";
import { models } from "./commands/models.js";
import { commandHelp, programHelp } from "./help.js";

const commands: readonly Command[] = [generate, distill, inspect, models, cache];

/** Runs the program and resolves to its exit code: 0 done, 1 failed, 2 usage error. */
export async function runCli(args: readonly string[], context: CommandContext): Promise<number> {
  const { console } = context;
  const [first = "--help", ...rest] = args;
  if (first === "--version" || first === "-V") {
    console.result(version);
    return 0;
  }
  if (first === "--help" || first === "-h" || (first === "help" && rest.length === 0)) {
    console.result(programHelp(commands, version));
    return 0;
  }
  const named = commands.find(({ name }) => name === first);
  const command = named ?? generate;
  try {
    const parsed = parseOptions(command.options, named ? rest : args);
    if (!parsed.values.help) return await command.run(parsed, context);
    console.result(commandHelp(command));
    return 0;
  } catch (error) {
    if (context.signal.aborted) return 130;
    showError(console, error, { json: args.includes("--json"), verbose: args.includes("--verbose") });
    return SunstepError.isInstance(error, USAGE) ? 2 : 1;
  }
}
