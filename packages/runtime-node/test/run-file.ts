import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export interface RunFileOptions {
  readonly args?: readonly string[];
  readonly cwd?: string;
  /** Default: the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A program that runs Node, with its arguments. */
  readonly under?: readonly string[];
}

/** Runs a TypeScript module in a process of its own. Resolves with its output when it has ended by itself. */
export function runFile(
  url: URL,
  { args = [], cwd, env = process.env, under = [] }: RunFileOptions = {},
): Promise<{ code: number | null; output: string }> {
  const command = [...under, process.execPath, here("./from-source.mjs"), url.href, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), {
      ...(cwd && { cwd }),
      env: { ...env, TSX_TSCONFIG_PATH: here("../../../tsconfig.json") },
    });
    let output = "";
    child.stdout.on("data", (text) => (output += text));
    child.stderr.on("data", (text) => (output += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}
