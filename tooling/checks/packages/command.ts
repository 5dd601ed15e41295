import { spawn } from "node:child_process";

export interface CommandResult {
  readonly ok: boolean;
  readonly stdout: string;
  /** Both streams interleaved, for messages. */
  readonly output: string;
}

export interface CommandOptions {
  /** Text for its standard input. */
  readonly input?: string;
  /** Default: the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Runs a command and waits for its end. */
export function command(
  name: string,
  args: readonly string[],
  cwd: string,
  { input, env = process.env }: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, {
      cwd,
      env,
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    let stdout = "";
    let output = "";
    child.stdout!.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      output += chunk.toString();
    });
    child.stderr!.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stdin?.end(input);
    child.on("error", reject);
    child.on("close", (status) => resolve({ ok: status === 0, stdout, output }));
  });
}
