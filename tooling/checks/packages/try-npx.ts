import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { command } from "./command.js";

/** Folders that a user's machine has, empty at first. */
const folders = ["home", "temporary", "work"] as const;

/** The files that may exist afterwards: the image, and sunstep's own cache. */
const expected = /^(?:work\/apple\.png$|home\/\.cache\/sunstep\/)/;

/**
 * Runs the command line's first example with an empty home, temporary and working folder, where it must leave its image
 * and its cache only, and must neither look up a host nor connect to one. npm's own cache lies elsewhere. Returns a problem, if any.
 */
export async function tryNpx(folder: string): Promise<string | undefined> {
  const place = join(folder, "npx");
  const at = (name: string) => join(place, name);
  for (const name of folders) mkdirSync(at(name), { recursive: true });
  const env = {
    PATH: process.env.PATH,
    HOME: at("home"),
    TMPDIR: at("temporary"),
    npm_config_cache: at("npm-cache"),
    npm_config_update_notifier: "false",
    // npm asks Node 22 to keep its compiled code in TMPDIR.
    NODE_DISABLE_COMPILE_CACHE: "1",
  };
  // Without an offer to install what is not there.
  const npx = ["npx", "--no", "@sunstep/cli", "a red apple"];
  const traced = await canTrace(folder);
  if (!traced) console.warn("npx: strace cannot be used here, so system calls are not looked at");
  const strace = ["strace", "-f", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", at("calls")];
  const [name, ...args] = traced ? [...strace, ...npx] : npx;
  const { ok, output } = await command(name!, args, at("work"), { env });
  if (!ok) return `it fails:\n${output}`;
  const files = folders.flatMap((name) => filesUnder(place, at(name)));
  const problems = files.filter((file) => !expected.test(file)).map((file) => `it leaves ${file}`);
  if (!files.includes("work/apple.png")) problems.push(`it writes no image:\n${output}`);
  const calls = traced ? readFileSync(at("calls"), "utf8").split("\n") : [];
  problems.push(
    ...calls.filter((call) => call.includes("AF_INET")).map((call) => `it uses the network: ${call}`),
  );
  return problems.length > 0 ? problems.join("\n") : undefined;
}

/** Tells whether strace is there and may trace: containers can forbid it. */
async function canTrace(folder: string): Promise<boolean> {
  const tried = await command("strace", ["-o", "/dev/null", "true"], folder).catch(() => undefined);
  return tried?.ok === true;
}

function filesUnder(root: string, folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)).replaceAll("\\", "/"));
}
