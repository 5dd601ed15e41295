import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";

const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const tsconfig = fileURLToPath(new URL("../../../tsconfig.json", import.meta.url));

export interface ServerProcess {
  /** The address that it serves; empty for a worker. */
  readonly url: string;
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>;
  /** Ends it as Ctrl-C does, and resolves to the exit code. */
  stop(): Promise<number | null>;
}

/** Starts the program from its sources in its own process, and waits until it serves. */
export function startProcess(args: readonly string[]): Promise<ServerProcess> {
  const child = spawn(process.execPath, ["--import", loader, main, ...args], {
    env: { ...process.env, TSX_TSCONFIG_PATH: tsconfig, HF_HUB_OFFLINE: "1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  return new Promise((resolve, reject) => {
    let text = "";
    child.stderr.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      const [, url] = /serving .* at (http:\S+)/.exec(text) ?? [];
      if (url === undefined && !text.includes("working on")) return;
      resolve({
        url: url ?? "",
        kill: () => end(child, ended, "SIGKILL").then(() => undefined),
        stop: () => end(child, ended, "SIGINT"),
      });
    });
    child.once("error", reject);
    void ended.then((code) => reject(new Error(`the server ended with code ${code}: ${text}`)));
  });
}

async function end(child: ChildProcess, ended: Promise<number | null>, signal: NodeJS.Signals) {
  child.kill(signal);
  return ended;
}
