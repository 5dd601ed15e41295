import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { corrupt, cut, instead, redirect, slow, stall, status } from "./faults.js";
import { ALWAYS, gitSha1, sha256 } from "./hub-server.js";
import { config, large, unet, useHub } from "./use-hub.js";

const given = useHub();
const { blobs, partial, repo, resolve } = given;

describe("a bad connection", () => {
  it("continues a cut download in the same run", async () => {
    given.hub.faults.push(cut(large, 6000), cut(large, 5000));
    await resolve();
    const ranges = given.hub.storeRequests.filter((r) => large.test(r.path)).map((r) => r.headers.range);
    expect(ranges).toEqual([undefined, "bytes=6000-", "bytes=11000-"]);
    expect(await readFile(join(repo(), "blobs", sha256(unet)))).toEqual(unet);
  });

  it("continues the unfinished file of an earlier run", async () => {
    given.hub.faults.push(cut(large, 6000, 9));
    const failed = await resolve("owner/name", { retries: 0 }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "DOWNLOAD_FAILED", message: expect.stringContaining("gave up") });
    expect(await readFile(partial())).toEqual(unet.subarray(0, 6000));
    expect(await blobs()).not.toContain(sha256(unet));
    given.hub.faults.length = 0;
    given.hub.storeRequests.length = 0;
    await resolve();
    expect(given.hub.storeRequests.find((r) => large.test(r.path))!.headers.range).toBe("bytes=6000-");
    expect(await readFile(join(repo(), "blobs", sha256(unet)))).toEqual(unet);
  });

  it.each([
    ["other bytes", () => Buffer.alloc(7000, 7)],
    ["more bytes than the file has", () => Buffer.alloc(unet.length + 9, 7)],
    ["as many bytes, but others", () => Buffer.alloc(unet.length, 7)],
    ["the whole file", () => unet],
  ])("starts again if the partial file holds %s", async (_, content) => {
    await mkdir(join(repo(), "blobs"), { recursive: true });
    await writeFile(partial(), content());
    await resolve();
    expect(await readFile(join(repo(), "blobs", sha256(unet)))).toEqual(unet);
  });

  it("restarts if the server does not support ranges", async () => {
    const ignoring = { "content-length": String(unet.length) };
    given.hub.faults.push(cut(large, 6000), instead(large, unet, ignoring));
    await resolve();
    expect(await readFile(join(repo(), "blobs", sha256(unet)))).toEqual(unet);
  });

  it("restarts if the server continues with other contents, and gives up after a few times", async () => {
    given.hub.faults.push(cut(large, 6000), corrupt(large));
    await resolve();
    expect(await readFile(join(repo(), "blobs", sha256(unet)))).toEqual(unet);
  });

  it("rejects wrong bytes and removes them", async () => {
    given.hub.faults.push(corrupt(large, 9));
    await expect(resolve()).rejects.toMatchObject({
      code: "DOWNLOAD_CORRUPT",
      details: { expected: sha256(unet) },
    });
    expect((await blobs()).filter((name) => name.startsWith(sha256(unet)))).toEqual([]);
    given.hub.faults.length = 0;
    await rm(repo(), { recursive: true });
    given.hub.faults.push(corrupt(/resolve.*unet.config.json/, 9));
    await expect(resolve()).rejects.toMatchObject({
      code: "DOWNLOAD_CORRUPT",
      details: { expected: gitSha1(config) },
    });
    given.hub.faults.length = 0;
    await resolve();
  });

  it("rejects a file that is longer than listed, by its headers or by its body", async () => {
    given.hub.faults.push(instead(large, Buffer.concat([unet, unet])));
    await expect(resolve()).rejects.toMatchObject({ code: "DOWNLOAD_CORRUPT" });
    given.hub.faults.push({
      on: large,
      times: 1,
      act: (response) => response.writeHead(200).end(Buffer.concat([unet, unet])),
    });
    await expect(resolve()).rejects.toMatchObject({ code: "DOWNLOAD_CORRUPT" });
    await resolve();
  });

  it("cuts a stalled connection, but not a slow one", async () => {
    given.hub.faults.push(stall(large, 3000), slow(large, 5, 60));
    await resolve("owner/name", { timeout: 200 });
    expect(given.hub.storeRequests.filter((r) => large.test(r.path)).map((r) => r.headers.range)).toEqual([
      undefined,
      "bytes=3000-",
    ]);
  });

  it.each([429, 500, 503, 408])("retries after HTTP %i", async (code) => {
    given.hub.faults.push(status(/revision/, code, {}, 2), status(/tree/, code), status(large, code, {}, 2));
    await resolve();
  });

  it("waits as long as Retry-After says", async () => {
    given.hub.faults.push(status(large, 429, { "retry-after": "1" }));
    const before = performance.now();
    await resolve();
    expect(performance.now() - before).toBeGreaterThan(950);
  });

  it("gives up after the retries, naming the URL without its signature", async () => {
    given.hub.faults.push(status(large, 500, {}, ALWAYS));
    const error = await resolve("owner/name", { retries: 2 }).catch((e: Error) => e);
    expect(error).toMatchObject({ code: "DOWNLOAD_FAILED", message: expect.stringContaining("3 tries") });
    expect(String(error)).not.toContain("signature");
    expect(given.hub.storeRequests.filter((r) => large.test(r.path))).toHaveLength(3);
  });

  it("does not retry a permanent error", async () => {
    given.hub.faults.push(status(large, 410, {}, ALWAYS));
    await expect(resolve()).rejects.toMatchObject({ code: "DOWNLOAD_REFUSED" });
    expect(given.hub.storeRequests.filter((r) => large.test(r.path))).toHaveLength(1);
  });
});

describe("redirects", () => {
  it("rejects a redirect loop", async () => {
    given.hub.faults.push(redirect(/resolve.*fp16/, "?again", ALWAYS));
    await expect(resolve()).rejects.toMatchObject({ code: "DOWNLOAD_REDIRECT_REFUSED" });
  });

  it.each([
    "http://example.com/x",
    "ftp://127.0.0.1/x",
    "file:///etc/passwd",
    "https://u:p@127.0.0.1/",
    "http://",
  ])("does not follow to %s", async (location) => {
    given.hub.faults.push(redirect(/resolve.*fp16/, location, ALWAYS));
    await expect(resolve()).rejects.toMatchObject({ code: "DOWNLOAD_REDIRECT_REFUSED" });
  });
});

describe("an untrustworthy listing", () => {
  const listing = (entry: object) => instead(/tree/, Buffer.from(JSON.stringify([entry])), {}, ALWAYS);
  const file = { type: "file", size: 3, oid: "0".repeat(40) };

  it.each(["../../evil", "/etc/passwd", "unet/../../x", "C:\\x", "a\\b", "a//b", ".", "a\0b", ""])(
    "is refused for the name %j",
    async (path) => {
      given.hub.faults.push(listing({ ...file, path }));
      await expect(resolve()).rejects.toMatchObject({ code: "HUB_RESPONSE_INVALID" });
    },
  );

  it.each([{ size: -1 }, { size: 1.5 }, { size: "3" }, { oid: "../x" }, { lfs: { oid: "../x", size: 3 } }])(
    "is refused for %j",
    async (part) => {
      given.hub.faults.push(listing({ ...file, path: "config.json", ...part }));
      await expect(resolve()).rejects.toMatchObject({ code: "HUB_RESPONSE_INVALID" });
    },
  );

  it("is rejected for an invalid commit and for invalid JSON", async () => {
    given.hub.faults.push(instead(/revision/, Buffer.from('{"sha": "../../x"}')));
    await expect(resolve()).rejects.toMatchObject({ code: "HUB_RESPONSE_INVALID" });
    given.hub.faults.push(instead(/revision/, Buffer.from("<html>")));
    await expect(resolve()).rejects.toMatchObject({ code: "HUB_RESPONSE_INVALID" });
  });

  it("is rejected for a file that no disk can hold, before the download", async () => {
    const path = "model.safetensors";
    given.hub.faults.push(
      listing({ ...file, path, size: 2 ** 52, lfs: { oid: "a".repeat(64), size: 2 ** 52 } }),
    );
    await expect(resolve()).rejects.toMatchObject({ code: "DISK_FULL" });
    expect(given.hub.requests.filter((request) => request.path.includes("resolve"))).toEqual([]);
  });
});

describe("a cache that fails", () => {
  it("repairs a truncated blob", async () => {
    const model = await resolve();
    const blob = join(repo(), "blobs", sha256(unet));
    await writeFile(blob, unet.subarray(0, 100));
    await expect(resolve("owner/name", { offline: true })).rejects.toMatchObject({
      code: "MODEL_NOT_CACHED",
    });
    await resolve();
    expect(await readFile(join(model.path, "unet/diffusion_pytorch_model.fp16.safetensors"))).toEqual(unet);
  });

  it.runIf(process.platform === "linux")("reports a full disk", async () => {
    await mkdir(join(repo(), "blobs"), { recursive: true });
    await symlink("/dev/full", partial());
    await expect(resolve()).rejects.toMatchObject({
      code: "DISK_FULL",
      message: expect.stringContaining(repo()),
    });
    expect(await blobs()).not.toContain(sha256(unet));
    await resolve();
  });

  it("reports a folder that cannot be written", async () => {
    const file = join(given.cache, "file");
    await writeFile(file, "");
    await expect(resolve("owner/name", { hubCache: join(file, "hub") })).rejects.toMatchObject({
      code: "FILE_NOT_WRITABLE",
      message: expect.stringContaining("HF_HUB_CACHE"),
    });
  });
});
