// Sets the workspace up with nothing but Node and npm: finds or fetches pnpm, installs, builds. Plain JavaScript
// without dependencies, since nothing is installed yet when it runs.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
/** Folder of the workspace's tools. It includes pnpm, which turbo looks for on the path. */
const binaries = join(root, "node_modules/.bin");
const stamp = join(root, "node_modules/.sunstep-lockfile");
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** Runs a command in the workspace; ends this process with its status if it fails. */
export function run(command, args, { quiet = false, env = {} } = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit",
    env: { ...process.env, PATH: [binaries, process.env.PATH].join(delimiter), ...env },
    shell: process.platform === "win32",
    encoding: "utf8",
  });
  if (error) throw error;
  if (status === 0) return;
  if (quiet) process.stderr.write(`${stdout}${stderr}`);
  process.exit(status ?? 1);
}

/** Returns the command of pnpm: the one on the path if it has the pinned major version, otherwise npx. */
function pnpm() {
  const [, wanted = ""] = packageManager.split("@");
  const found = spawnSync("pnpm", ["--version"], {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const sameMajor = found.status === 0 && found.stdout.trim().split(".")[0] === wanted.split(".")[0];
  return sameMajor ? ["pnpm"] : ["npx", "--yes", packageManager];
}

/** Installs dependencies unless the lockfile is unchanged since the last installation. */
export function install() {
  const lockfile = createHash("sha256")
    .update(readFileSync(join(root, "pnpm-lock.yaml")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lockfile) return;
  console.log("Installing dependencies …");
  const [command, ...args] = pnpm();
  run(command, [...args, "install", "--frozen-lockfile", "--prefer-offline"], {
    quiet: true,
    env: { CI: "true" },
  });
  writeFileSync(stamp, lockfile);
}

/** Builds the filtered packages and their dependencies; turbo caches unchanged ones. */
export function build(filter) {
  const args = ["run", "build", "--output-logs=errors-only", ...(filter ? [`--filter=${filter}`] : [])];
  run(join(root, "node_modules/.bin/turbo"), args, {
    quiet: true,
    env: { TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
  });
}
