import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resolveModel } from "../src/node.js";
import { asOrdinaryUser } from "./as-ordinary-user.js";
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

it("downloads a file once for two processes", async () => {
  hub.faults.push(slow(/blob/, 20, 50, ALWAYS));
  const results = await Promise.all([start().result, start().result]);
  expect(results[0].path).toBe(results[1].path);
  expect(hub.storeRequests).toHaveLength(1);
  const downloads = results.flatMap((result) => result.downloads).sort();
  expect(downloads).toEqual(["config.json", "model.safetensors"]);
  expect(await readFile(blob())).toEqual(weights);
  expect(await readdir(join(cache, ".locks/models--owner--name"))).toEqual([]);
});

it("downloads a file once for two calls in one process", async () => {
  hub.faults.push(slow(/blob/, 5, 20, ALWAYS));
  const [first, second] = await Promise.all([
    resolveModel("owner/name", options()),
    resolveModel("owner/name", options()),
  ]);
  expect(first).toEqual(second);
  expect(hub.storeRequests).toHaveLength(1);
});

it("continues the unfinished file of a killed process, whose lock it takes over", async () => {
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

describe("a lock that is held already", () => {
  const own = () => ({
    id: "x",
    pid: process.pid,
    host: hostname(),
    started: Date.now() - process.uptime() * 1000,
  });
  const hold = async (holder: object, age = 0) => {
    await mkdir(join(lock(), ".."), { recursive: true });
    await writeFile(lock(), JSON.stringify(holder));
    const touched = new Date(Date.now() - age);
    await utimes(lock(), touched, touched);
  };
  const soon = () => AbortSignal.timeout(3000);

  it.each([
    ["of this process", own],
    ["of a process on another machine", () => ({ ...own(), host: "elsewhere" })],
    ["whose content is not written yet", () => ({})],
  ])("is waited for, with an event, until the caller cancels: %s", async (_, holder) => {
    await hold(holder());
    const waiting: unknown[] = [];
    const resolving = resolveModel("owner/name", {
      ...options(),
      signal: AbortSignal.timeout(500),
      onProgress: (event) => event.status === "waiting" && waiting.push(event),
    });
    await expect(resolving).rejects.toMatchObject({ code: "ABORTED", cause: { name: "TimeoutError" } });
    const { pid = -1, host = "" } = holder() as { pid?: number; host?: string };
    expect(waiting).toEqual([
      { status: "waiting", name: "owner/name", file: "model.safetensors", pid, host },
    ]);
    expect(hub.storeRequests).toEqual([]);
  });

  it.each([
    ["a process of this machine that has ended", () => ({ ...own(), pid: 2 ** 22 - 1 }), 0],
    ["the process of this number in the container's last life", () => ({ ...own(), started: 1e12 }), 0],
    ["a process of another machine that went silent", () => ({ ...own(), host: "elsewhere" }), 90_000],
  ])("is taken over at once from %s", async (_, holder, age) => {
    await hold(holder(), age);
    await resolveModel("owner/name", { ...options(), signal: soon() });
    expect(await readFile(blob())).toEqual(weights);
    expect(await readdir(join(lock(), ".."))).toEqual([]);
  });
});

it.runIf(process.platform !== "win32")("reads a complete cache that is read-only", async () => {
  const online = await resolveModel("owner/name", options());
  await asOrdinaryUser(cache, async () => {
    expect(await resolveModel("owner/name", options())).toEqual(online);
    hub.repositories.set("owner/other", repository({ "model.safetensors": weights }));
    await expect(resolveModel("owner/other", options())).rejects.toMatchObject({
      code: "FILE_NOT_WRITABLE",
    });
  });
});
