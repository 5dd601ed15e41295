import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { resolveModel } from "../src/node.js";
import { slow, stall } from "./faults.js";
import { ALWAYS, repository, safetensors, sha256, startHub, type TestHub } from "./hub-server.js";

const weights = safetensors(200_000);
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
let hub: TestHub;
let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "sunstep-registry-"));
  hub = await startHub({ "owner/name": repository({ "config.json": "{}", "model.safetensors": weights }) });
});
afterEach(async () => {
  await hub.close();
  await rm(cache, { recursive: true, force: true });
});

const blob = () => join(cache, "models--owner--name/blobs", sha256(weights));
const lock = () => join(cache, ".locks/models--owner--name", `${sha256(weights)}.sunstep.lock`);
const options = () => ({ endpoint: hub.endpoint, hubCache: cache, token: false as const, retryDelay: 1 });

function start(): { child: ChildProcess; result: Promise<{ downloads: string[]; path: string }> } {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", at("./resolve-child.ts"), "owner/name", JSON.stringify(options())],
    { cwd: at("../../.."), env: { ...process.env, TSX_TSCONFIG_PATH: at("../../../tsconfig.json") } },
  );
  let out = "";
  let err = "";
  child.stdout.on("data", (data) => {
    out += data;
  });
  child.stderr.on("data", (data) => {
    err += data;
  });
  const result = new Promise<{ downloads: string[]; path: string }>((resolve, reject) => {
    child.on("close", (code) => (code === 0 ? resolve(JSON.parse(out)) : reject(new Error(err))));
  });
  return { child, result };
}

it("two processes at once download a file once, and both get it", async () => {
  hub.faults.push(slow(/blob/, 20, 50, ALWAYS));
  const results = await Promise.all([start().result, start().result]);
  expect(results[0].path).toBe(results[1].path);
  expect(hub.storeRequests).toHaveLength(1);
  const downloads = results.flatMap((result) => result.downloads).sort();
  expect(downloads).toEqual(["config.json", "model.safetensors"]);
  expect(await readFile(blob())).toEqual(weights);
  expect(await readdir(join(cache, ".locks/models--owner--name"))).toEqual([]);
});

it("two calls in one process do the same", async () => {
  hub.faults.push(slow(/blob/, 5, 20, ALWAYS));
  const [first, second] = await Promise.all([
    resolveModel("owner/name", options()),
    resolveModel("owner/name", options()),
  ]);
  expect(first).toEqual(second);
  expect(hub.storeRequests).toHaveLength(1);
});

it("a killed process leaves its lock and its part; the next one goes on from there", async () => {
  hub.faults.push(stall(/blob/, 300_000));
  const { child, result } = start();
  const killed = result.catch(() => "killed");
  await new Promise<void>((resolve) =>
    child.stderr?.on("data", (data) => /model\.safetensors [1-9]/.test(String(data)) && resolve()),
  );
  child.kill("SIGKILL");
  expect(await killed).toBe("killed");
  expect(JSON.parse(await readFile(lock(), "utf8")).pid).toBe(child.pid);
  expect(await readdir(join(cache, "models--owner--name/blobs"))).not.toContain(sha256(weights));
  await resolveModel("owner/name", options());
  expect(hub.storeRequests.at(-1)!.headers.range).toMatch(/^bytes=[1-9]\d+-$/);
  expect(await readFile(blob())).toEqual(weights);
});

it("waits for a lock that lives, until it is cancelled", async () => {
  await mkdir(join(lock(), ".."), { recursive: true });
  await writeFile(lock(), JSON.stringify({ id: "x", pid: process.pid, host: hostname() }));
  const signal = AbortSignal.timeout(300);
  await expect(resolveModel("owner/name", { ...options(), signal })).rejects.toMatchObject({
    code: "ABORTED",
    cause: { name: "TimeoutError" },
  });
  expect(hub.storeRequests).toEqual([]);
});

it.runIf(process.platform !== "win32")("reads a complete cache that it may not write", async () => {
  const online = await resolveModel("owner/name", options());
  await asOrdinaryUser(cache, async () => {
    expect(await resolveModel("owner/name", options())).toEqual(online);
    hub.repositories.set("owner/other", repository({ "model.safetensors": weights }));
    await expect(resolveModel("owner/other", options())).rejects.toMatchObject({
      code: "FILE_NOT_WRITABLE",
    });
  });
});

/** With the folder read-only; root, whom permissions do not stop, becomes somebody else meanwhile. */
async function asOrdinaryUser(folder: string, action: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  await chmod(folder, 0o555);
  if (isRoot) process.seteuid?.(65534);
  try {
    await action();
  } finally {
    if (isRoot) process.seteuid?.(0);
    await chmod(folder, 0o755);
  }
}
