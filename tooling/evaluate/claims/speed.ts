import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Milliseconds are medians of runs that took turns. */
export interface Speed {
  /** A picture, from prompt to pixels: 25 guided steps, and 4 with SUN. */
  readonly guidedMs: number;
  readonly sunMs: number;
  readonly ratio: number;
  /** One evaluation of the network, one picture at a time. */
  readonly plainEvaluationMs: number;
  readonly sunEvaluationMs: number;
  readonly sunOverPlain: number;
  readonly rounds: number;
}

/** Measures in a process of its own, where nothing else is loaded. */
export async function measureSpeed(model: string, adapter: string): Promise<Speed> {
  const script = fileURLToPath(new URL("./speed-process.ts", import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, script, model, adapter], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  for await (const chunk of child.stdout) text += chunk;
  if (text === "") throw new Error("the process that measures speed gave no result");
  return JSON.parse(text) as Speed;
}
