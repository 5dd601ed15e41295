import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ProgressEvent } from "../src/index.js";
import { listCached, type ResolveOptions, removeModel, resolveModel } from "../src/node.js";
import { asOrdinaryUser } from "./as-ordinary-user.js";
import { corrupt, cut, instead, redirect, status } from "./faults.js";
import { ALWAYS, safetensors, sha256, startHub, type TestHub } from "./hub-server.js";

const first = safetensors(5000, 1);
const second = safetensors(5000, 2);
let hub: TestHub;
let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "sunstep-registry-"));
  hub = await startHub();
  publish(first);
});
afterEach(async () => {
  await hub.close();
  await rm(cache, { recursive: true, force: true });
});

const publish = (body: Buffer, headers: Record<string, string> = { etag: `"${sha256(body)}"` }) =>
  hub.plain.set("/models/a%20b.safetensors?key=secret", { body, headers });
const url = () => `${hub.store}/models/a%20b.safetensors?key=secret`;
const resolve = (options: ResolveOptions = {}) =>
  resolveModel(url(), {
    sunstepCache: cache,
    hubCache: cache,
    retryDelay: 1,
    token: "hf_secret",
    ...options,
  });
const content = async (options?: ResolveOptions) => readFile((await resolve(options)).path);
const filesIn = async () =>
  (await readdir(cache, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);

it("downloads a file once, and again when it has changed", async () => {
  const model = await resolve();
  expect(model).toMatchObject({
    kind: "file",
    origin: { type: "url", url: `${hub.store}/models/a%20b.safetensors` },
  });
  expect(model.path.endsWith("a_20b.safetensors")).toBe(true);
  expect(await content()).toEqual(first);
  expect(hub.storeRequests.map((request) => request.headers["if-none-match"])).toEqual([
    undefined,
    `"${sha256(first)}"`,
  ]);
  publish(second);
  expect(await content()).toEqual(second);
  expect(await content({ offline: true })).toEqual(second);
  expect(await readFile(model.path)).toEqual(first);
  expect(hub.storeRequests.every((request) => request.headers.authorization === undefined)).toBe(true);
});

it("continues a cut download, also in a later run, but only of the same version", async () => {
  hub.faults.push(cut(/models/, 6000));
  await expect(resolve({ retries: 0 })).rejects.toMatchObject({ code: "DOWNLOAD_FAILED" });
  expect(await content()).toEqual(first);
  expect(hub.storeRequests.at(-1)!.headers).toMatchObject({
    range: "bytes=6000-",
    "if-range": `"${sha256(first)}"`,
  });

  publish(second);
  hub.faults.push(cut(/models/, 6000, 1));
  await expect(resolve({ retries: 0, sunstepCache: join(cache, "b") })).rejects.toMatchObject({
    code: "DOWNLOAD_FAILED",
  });
  publish(first);
  expect(await content({ sunstepCache: join(cache, "b") })).toEqual(first);
});

it("restarts if the file changes between a cut and its continuation", async () => {
  hub.faults.push({
    ...cut(/models/, 6000),
    act(response, answer, request) {
      publish(second);
      cut(/x/, 6000).act(response, answer, request);
    },
  });
  expect(await content()).toEqual(second);
});

it("never continues a download without a validator", async () => {
  publish(first, {});
  hub.faults.push(cut(/models/, 6000), cut(/models/, 6000));
  expect(await content()).toEqual(first);
  expect(hub.storeRequests.every((request) => request.headers.range === undefined)).toBe(true);
  expect(await filesIn()).not.toContainEqual(expect.stringMatching(/incomplete/));
});

it("rejects an incomplete file and a file that is not safetensors", async () => {
  const bodies = [
    Buffer.from("<html>log in</html>".padEnd(200)),
    Buffer.alloc(0),
    Buffer.alloc(4),
    first.subarray(0, first.length - 1),
    Buffer.concat([first, Buffer.alloc(1)]),
    Buffer.from("\x80\x02}q\x00.".padEnd(100)),
  ];
  for (const body of bodies) {
    publish(body, {});
    const events: string[] = [];
    const onProgress = (event: ProgressEvent) => events.push(event.status);
    await expect(resolve({ onProgress })).rejects.toMatchObject({ code: "DOWNLOAD_CORRUPT" });
    expect(events).not.toContain("done");
  }
  expect(await filesIn()).toEqual([]);
});

it("compares downloads and cached files with a hash", async () => {
  hub.faults.push(corrupt(/models/));
  await expect(resolve({ sha256: sha256(first) })).rejects.toMatchObject({ code: "DOWNLOAD_CORRUPT" });
  expect(await content({ sha256: sha256(first).toUpperCase() })).toEqual(first);
  await expect(resolve({ sha256: sha256(second) })).rejects.toMatchObject({ code: "DOWNLOAD_CORRUPT" });
  await expect(resolve({ sha256: sha256(second), offline: true })).rejects.toMatchObject({
    code: "MODEL_NOT_CACHED",
  });
  expect(await content({ offline: true })).toEqual(first);
});

it("takes the server's name for the file, but never a path", async () => {
  const names = ["../../x.safetensors", "/etc/passwd", "C:\\x", "..", 'q"'];
  for (const [index, name] of names.entries()) {
    publish(first, { etag: `"${index}"`, "content-disposition": `attachment; filename="${name}"` });
    const { path } = await resolve();
    expect(path.startsWith(join(cache, "downloads"))).toBe(true);
    expect(path).toMatch(/[^/\\]+\.safetensors$/);
    expect(path).not.toContain("..");
  }
});

it("serves the last download if the server is unreachable", async () => {
  await resolve();
  hub.faults.push(status(/models/, 500, {}, ALWAYS));
  expect(await content({ retries: 1 })).toEqual(first);
});

it.runIf(process.platform !== "win32")("serves the last download from a read-only cache", async () => {
  await resolve();
  publish(second);
  await asOrdinaryUser(cache, async () => expect(await content()).toEqual(first));
});

it("distinguishes a missing, a locked and a redirected file, without the URL's query", async () => {
  for (const [code, expected] of [
    [404, "MODEL_NOT_FOUND"],
    [403, "MODEL_ACCESS_DENIED"],
    [400, "DOWNLOAD_REFUSED"],
  ] as const) {
    hub.faults.push(status(/models/, code));
    const error = await resolve().catch((e: Error) => e);
    expect(error).toMatchObject({ code: expected });
    expect(String(error)).not.toContain("secret");
  }
  hub.faults.push(redirect(/models/, "http://example.com/"));
  await expect(resolve()).rejects.toMatchObject({ code: "DOWNLOAD_REDIRECT_REFUSED" });
  hub.faults.push(redirect(/models/, `${hub.endpoint}/elsewhere`));
  await expect(resolve()).rejects.toMatchObject({ code: "MODEL_ACCESS_DENIED" });
  hub.faults.push(instead(/models/, second, { etag: '"2"' }));
  expect(await content()).toEqual(second);
});

it("lists and removes downloads", async () => {
  await resolve();
  const id = `${hub.store}/models/a%20b.safetensors`;
  const options = { sunstepCache: cache, hubCache: join(cache, "hub") };
  expect(await listCached(options)).toMatchObject([{ id, origin: "url" }]);
  expect(await removeModel(url(), options)).toBeGreaterThan(first.length);
  expect(await listCached(options)).toEqual([]);
  await expect(removeModel(id, options)).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
});
