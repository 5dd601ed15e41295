import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const tsconfig = fileURLToPath(new URL("../../../tsconfig.json", import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunCommandOptions {
  readonly cwd: string;
  readonly input?: string;
  /** Sends Ctrl-C, or `signal`, as soon as the output contains this text. */
  readonly interruptAt?: string;
  readonly signal?: NodeJS.Signals;
}

/** Runs the program from its sources in its own process, as a user does. */
export function runCommand(args: readonly string[], options: RunCommandOptions): Promise<Outcome> {
  const { cwd, input = "", interruptAt, signal = "SIGINT" } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", loader, main, ...args], {
      cwd,
      env: { ...process.env, TSX_TSCONFIG_PATH: tsconfig, HF_HUB_OFFLINE: "1" },
    });
    let stdout = "";
    let stderr = "";
    let interrupted = false;
    const interrupt = () => {
      const isDue =
        interruptAt !== undefined && (stdout.includes(interruptAt) || stderr.includes(interruptAt));
      if (interrupted || !isDue) return;
      interrupted = true;
      child.kill(signal);
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      interrupt();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      interrupt();
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(input);
  });
}
