// Trains the emoji model's SUN adapter, the one that is shipped: renders the data if it is not there yet, then runs
// `sunstep distill` twice, with recipe.json from the beginning and with refine.json from what that made. What is done is
// not done again: a run that was stopped goes on, and the second begins where the first has ended.
// With options, these go to one run that begins anew: pnpm distill --config tooling/emoji/distill/lcm.json --out lcm.safetensors

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const data = `${root}.cache/emoji-data`;
const cache = `${root}.cache/distill-emoji`;
const first = `${cache}/first.safetensors`;
const shipped = `${root}packages/emoji-model/model/sun_adapter.safetensors`;
const common = ["distill", "--model", "emoji", "--data", data, "--seed", "1"];
const recipe = (name: string) => ["--config", `${root}tooling/emoji/distill/${name}.json`];

/** Options of a run with its checkpoints in a folder: it goes on where there are some. */
function resumable(name: string): string[] {
  const checkpoints = `${cache}/${name}`;
  return ["--checkpoints", checkpoints, ...(existsSync(checkpoints) ? ["--resume"] : [])];
}

// Ctrl-C reaches the commands themselves; they end in their own time.
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
  if (!existsSync(first))
    await runScript("apps/cli/src/main.ts", [
      ...common,
      ...recipe("recipe"),
      ...resumable("recipe"),
      "--out",
      first,
    ]);
  const refine = [...recipe("refine"), "--start", first, ...resumable("refine")];
  await runScript("apps/cli/src/main.ts", [...common, ...refine, "--out", shipped]);
  // The next time begins anew.
  await rm(cache, { recursive: true });
}

/** Runs a script of the workspace; ends with its exit code where that is not 0. */
async function runScript(script: string, args: readonly string[]): Promise<void> {
  const command = [...process.execArgv, `${root}${script}`, ...args];
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn(process.execPath, command, { stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (exit) => resolve(exit ?? 1));
  });
  if (code !== 0) process.exit(code);
}
