// Trains the shipped SUN adapter of the emoji model: renders the data if it is missing, then runs `sunstep distill` with
// recipe.json from scratch, and with refine.json and finish.json from the result before. A stopped run resumes, and a finished
// stage is not repeated. Options are passed to a single new run instead:
// pnpm distill --config tooling/emoji/distill/lcm.json --out lcm.safetensors

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const data = `${root}.cache/emoji-data`;
const cache = `${root}.cache/distill-emoji`;
const shipped = `${root}packages/emoji-model/model/sun_adapter.safetensors`;
const common = ["distill", "--model", "emoji", "--data", data, "--seed", "1"];
/** The stages, each from the result of the one before. */
const stages = ["recipe", "refine", "finish"];
const recipe = (name: string) => ["--config", `${root}tooling/emoji/distill/${name}.json`];

/** Returns options for a run with checkpoints in a folder; it resumes if there are any. */
function resumable(name: string): string[] {
  const checkpoints = `${cache}/${name}`;
  return ["--checkpoints", checkpoints, ...(existsSync(checkpoints) ? ["--resume"] : [])];
}

// Ctrl-C reaches the commands themselves, which write a checkpoint before they end.
process.on("SIGINT", () => undefined);

const given = process.argv.slice(2);
const isHelp = given.includes("--help") || given.includes("-h");
if (!existsSync(data) && !isHelp) {
  const partial = `${data}.part`;
  await rm(partial, { recursive: true, force: true });
  await runScript("tooling/emoji/data/main.ts", ["--out", partial]);
  await rename(partial, data);
}
if (given.length > 0) {
  await runScript("apps/cli/src/main.ts", [...common, ...given]);
} else {
  let start: string[] = [];
  for (const name of stages) {
    const isLast = name === stages.at(-1);
    const result = isLast ? shipped : `${cache}/${name}.safetensors`;
    if (isLast || !existsSync(result))
      await runScript("apps/cli/src/main.ts", [
        ...common,
        ...recipe(name),
        ...start,
        ...resumable(name),
        "--out",
        result,
      ]);
    start = ["--start", result];
  }
  // The next call starts from scratch.
  await rm(cache, { recursive: true });
}

/** Runs a script of the workspace; exits with its code if it fails. */
async function runScript(script: string, args: readonly string[]): Promise<void> {
  const command = [...process.execArgv, `${root}${script}`, ...args];
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn(process.execPath, command, { stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (exit) => resolve(exit ?? 1));
  });
  if (code !== 0) process.exit(code);
}
