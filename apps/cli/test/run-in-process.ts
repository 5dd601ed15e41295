import { createConsole } from "@sunstep/command-line";
import { runCli } from "../src/run-cli.js";
import type { Outcome } from "./run-command.js";

/** Runs the program in the test's process. */
export async function runInProcess(args: readonly string[], { isTTY = false } = {}): Promise<Outcome> {
  const written = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof written) => ({
    isTTY,
    columns: 80,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const console = createConsole(stream("stdout"), stream("stderr"));
  const code = await runCli(args, {
    console,
    signal: new AbortController().signal,
    endsByItself: () => undefined,
  });
  return { code, ...written };
}
