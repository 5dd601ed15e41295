// `pnpm try-clients [ENVIRONMENT]`: runs Python's openai and webuiapi against a server of its own. Makes the environment
// with venv and pip, unless one with both packages is given.

import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startServer } from "../start-server.js";

const [given] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), "sunstep-clients-"));
const environment = given ?? join(folder, "venv");
const python = join(environment, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");

function must(command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}`);
}

if (!existsSync(python)) {
  must("python3", ["-m", "venv", environment]);
  must(python, ["-m", "pip", "install", "--quiet", "openai", "webuiapi"]);
}
const server = await startServer(["--data", join(folder, "data")]);
try {
  const child = spawn(python, [fileURLToPath(new URL("./clients.py", import.meta.url)), server.url], {
    stdio: "inherit",
  });
  process.exitCode = await new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
} finally {
  server.kill();
  await rm(folder, { recursive: true, force: true });
}
