import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { onTestFinished } from "vitest";

const source = fileURLToPath(new URL("./child.ts", import.meta.url));
const folder = fileURLToPath(new URL("../node_modules/.cache/", import.meta.url));
const bundle = `${folder}child-${process.pid}.mjs`;

/** Bundles the child's program once: processes that live for a moment must start in one. */
let built: Promise<unknown> | undefined;
function buildChild(): Promise<unknown> {
  built ??= mkdir(folder, { recursive: true }).then(() =>
    build({
      entryPoints: [source],
      outfile: bundle,
      bundle: true,
      platform: "node",
      format: "esm",
      external: ["bullmq", "ioredis"],
      tsconfig: fileURLToPath(new URL("../../../tsconfig.json", import.meta.url)),
    }),
  );
  return built;
}

type Line = Readonly<Record<string, string | boolean>>;

export interface Child {
  /** The lines that it has told so far. */
  readonly lines: readonly Line[];
  kill(): Promise<void>;
}

/** Starts the child, and waits until it is ready. */
export async function startChild(args: readonly string[]): Promise<Child> {
  await buildChild();
  const child = spawn(process.execPath, [bundle, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  onTestFinished(kill);
  const lines: Line[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface(child.stdout).on("line", (text) => {
      const line = JSON.parse(text) as Line;
      lines.push(line);
      if (line.ready) resolve();
    });
    void ended.then(() => reject(new Error("the child ended before it was ready")));
  });
  return { lines, kill };
}
