// Sets the workspace up with nothing but Node and npm: finds or fetches pnpm, installs, builds. Plain JavaScript
// without dependencies, since nothing is installed yet when it runs.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
/** Folder of the workspace's tools. It includes pnpm, which turbo looks for on the path. */
const binaries = join(root, "node_modules/.bin");
const stamp = join(root, "node_modules/.sunstep-lockfile");
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const options = (env = {}) => ({
  cwd: root,
  env: { ...process.env, PATH: [binaries, process.env.PATH].join(delimiter), ...env },
  shell: process.platform === "win32",
});

/** Runs a command in the workspace; ends this process with its status if it fails. */
export function run(command, args) {
  const { status, error } = spawnSync(command, args, { ...options(), stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * Runs lists of commands beside each other, the commands `[title, command, args]` of a list one after the other. Prints a
 * command's output when it ends; ends this process, and with it the others, with the status of the first that fails.
 */
export async function runBeside(...lists) {
  const runList = async (commands) => {
    for (const [title, command, args] of commands) await runQuietly(title, command, args);
  };
  await Promise.all(lists.map(runList));
}

async function runQuietly(title, command, args) {
  const child = spawn(command, args, { ...options(), stdio: ["ignore", "pipe", "pipe"] });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => output.push(data));
  const end = () => child.kill();
  process.once("exit", end);
  const status = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  process.off("exit", end);
  process.stdout.write(`\n== ${title}\n${Buffer.concat(output)}`);
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * Runs a command and shows its progress in place of its output: `describe` turns a line into a progress text, or into
 * undefined. Prints the output and ends this process if the command fails.
 */
async function runWithProgress(command, args, { env, describe }) {
  const child = spawn(command, args, { ...options(env), stdio: ["ignore", "pipe", "pipe"] });
  const lines = [];
  let width = 0;
  const show = (text) => {
    if (!process.stderr.isTTY) return text && process.stderr.write(`${text}\n`);
    process.stderr.write(`\r${text.slice(0, (process.stderr.columns ?? 80) - 1).padEnd(width)}`);
    width = text.length;
  };
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      const text = describe(line);
      if (text !== undefined) show(text);
    });
  }
  const status = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (process.stderr.isTTY) process.stderr.write(`\r${" ".repeat(width)}\r`);
  if (status === 0) return;
  process.stderr.write(`${lines.join("\n")}\n`);
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
export async function install() {
  const lockfile = createHash("sha256")
    .update(readFileSync(join(root, "pnpm-lock.yaml")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lockfile) return;
  console.error("First run: installing dependencies, then building. This takes a few minutes, once.");
  const [command, ...args] = pnpm();
  await runWithProgress(
    command,
    [...args, "install", "--frozen-lockfile", "--prefer-offline", "--reporter=append-only"],
    { env: { CI: "true" }, describe: describeInstall() },
  );
  writeFileSync(stamp, lockfile);
}

/** Describes pnpm's lines "Progress: resolved 812, reused 800, downloaded 12, added 640", once per 100 packages. */
export function describeInstall() {
  let last = "";
  return (line) => {
    const [, resolved, added] = /^Progress: resolved (\d+).*added (\d+)/.exec(line) ?? [];
    if (resolved === undefined) return undefined;
    const text = `installing: ${Math.floor(added / 100) * 100} of ${resolved} packages`;
    if (text === last) return undefined;
    last = text;
    return text;
  };
}

/** Builds the filtered packages and their dependencies; turbo caches unchanged ones. */
export async function build(filter) {
  const args = ["run", "build", "--output-logs=hash-only", ...(filter ? [`--filter=${filter}`] : [])];
  await runWithProgress(join(root, "node_modules/.bin/turbo"), args, {
    env: { TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
    describe: describeBuild(),
  });
}

/** Describes turbo's lines "NAME:build: cache miss, executing HASH"; packages from the cache are not mentioned. */
export function describeBuild() {
  let total = 0;
  let begun = 0;
  return (line) => {
    total = Number(/Running \S*build\S* in (\d+) packages/.exec(line)?.[1] ?? total);
    const [, name, state] = /^(\S+):build: cache (hit|miss|bypass)/.exec(line) ?? [];
    if (name === undefined) return undefined;
    begun++;
    return state === "hit" ? undefined : `building ${begun} of ${total}: ${name}`;
  };
}
