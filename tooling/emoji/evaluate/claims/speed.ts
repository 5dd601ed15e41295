import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Decoder } from "@sunstep/pipeline";
import type { StudioFiles } from "../images/studio.js";

/** An image, from prompt to pixels: 25 guided steps, and 4 with SUN. Both with the same decoder. */
export interface ImageTimes {
  readonly guidedMs: number;
  readonly sunMs: number;
  readonly ratio: number;
}

/** Milliseconds are medians of runs that took turns. */
export interface Speed extends ImageTimes {
  /** The same numbers for each decoder; the ones above are of the model's default decoder. */
  readonly decoders?: Readonly<Partial<Record<Decoder, ImageTimes>>>;
  /** One evaluation of the network on one image. */
  readonly plainEvaluationMs: number;
  readonly sunEvaluationMs: number;
  readonly sunOverPlain: number;
  readonly rounds: number;
}

/** Measures in a separate process, in which nothing else is loaded. */
export async function measureSpeed(files: StudioFiles): Promise<Speed> {
  const script = fileURLToPath(new URL("./speed-process.ts", import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, script, JSON.stringify(files)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  for await (const chunk of child.stdout) text += chunk;
  if (text === "") throw new Error("the process that measures speed gave no result");
  return JSON.parse(text) as Speed;
}
