import { formatTable, optionsHelp } from "@sunstep/command-line";
import type { Command } from "./command.js";

/** Returns the help text of the program, a list of its commands. */
export function programHelp(commands: readonly Command[], version: string): string {
  return [
    `sunstep ${version}: Stable Diffusion in four steps`,
    "",
    '  sunstep "a red apple"',
    "",
    "Commands:",
    ...formatTable(commands.map(({ usage, summary }) => [`  ${usage}`, summary])),
    "",
    "`sunstep COMMAND --help` lists a command's options.",
    "Exit codes: 0 done, 1 failed, 2 usage error, 130 cancelled by Ctrl-C.",
  ].join("\n");
}

export function commandHelp({ usage, summary, options, details = [] }: Command): string {
  return [
    `sunstep ${usage}`,
    summary,
    "",
    ...optionsHelp(options),
    ...(details.length > 0 ? ["", ...details] : []),
  ].join("\n");
}
