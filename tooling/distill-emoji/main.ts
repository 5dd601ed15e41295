// Trains the emoji model's SUN adapter, the one that is shipped: renders the data if it is not there yet, then runs
// `sunstep distill` with recipe.json. Further options go to that command: pnpm distill --resume

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const data = `${root}.cache/emoji-data`;
const options = [
  ...["--model", "emoji"],
  ...["--data", data],
  ...["--config", `${root}tooling/distill-emoji/recipe.json`],
  ...["--seed", "1"],
  ...["--out", `${root}packages/emoji-model/model/sun_adapter.safetensors`],
  ...["--checkpoints", `${root}.cache/distill-emoji`],
];

// Ctrl-C reaches the commands themselves; they end in their own time.
process.on("SIGINT", () => undefined);

const given = process.argv.slice(2);
const isHelp = given.includes("--help") || given.includes("-h");
if (!existsSync(data) && !isHelp) {
  const partial = `${data}.part`;
  await rm(partial, { recursive: true, force: true });
  await runScript("tooling/emoji-data/main.ts", ["--out", partial]);
  await rename(partial, data);
}
// Of an option that is there twice, the last one counts.
await runScript("apps/cli/src/main.ts", ["distill", ...options, ...given]);

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
