import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ProgressEvent } from "../src/index.js";
import { type ResolveOptions, resolveModel } from "../src/node.js";
import { corrupt, cut, instead, redirect, slow, stall, status } from "./faults.js";
import {
  ALWAYS,
  commitOf,
  gitSha1,
  repository,
  safetensors,
  sha256,
  startHub,
  type TestHub,
} from "./hub-server.js";
import { tinyConfigs } from "./tiny-configs.js";

const unet = safetensors(5000);
const config = tinyConfigs["unet/config.json"];
const pipeline = {
  ...tinyConfigs,
  "README.md": "# hello",
  "sd.ckpt": "pickle",
  "unet/diffusion_pytorch_model.safetensors": safetensors(9000, 2),
  "unet/diffusion_pytorch_model.fp16.safetensors": unet,
  "unet/diffusion_pytorch_model.bin": "pickle",
  "vae/diffusion_pytorch_model.safetensors": safetensors(3000, 3),
  "text_encoder/model.safetensors": safetensors(2000, 4),
  "text_encoder/flax_model.msgpack": "flax",
  "tokenizer/vocab.json": "{}",
  "tokenizer/merges.txt": "#version",
  "safety_checker/model.safetensors": safetensors(10, 5),
};
const large = /blob.*fp16/;

let hub: TestHub;
let cache: string;
let events: ProgressEvent[];

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "sunstep-registry-"));
  hub = await startHub({ "owner/name": repository(pipeline) });
  events = [];
});
afterEach(async () => {
  await hub.close();
  await rm(cache, { recursive: true, force: true });
});

const resolve = (model = "owner/name", options: ResolveOptions = {}) =>
  resolveModel(model, {
    endpoint: hub.endpoint,
    hubCache: cache,
    env: { HOME: cache },
    retryDelay: 1,
    onProgress: (event) => events.push(event),
    ...options,
  });
const repo = () => join(cache, "models--owner--name");
const commit = () => hub.repositories.get("owner/name")!.branches.main!;
const partial = () => join(repo(), "blobs", `${sha256(unet)}.sunstep.incomplete`);
const blobs = () => readdir(join(repo(), "blobs")).catch((): string[] => []);

describe("a diffusers repository", () => {
  it("caches the files that a pipeline needs in Python's layout", async () => {
    const model = await resolve();
    expect(model.kind).toBe("folder");
    expect(model.path).toBe(join(repo(), "snapshots", commit()));
    expect(model.origin).toEqual({
      type: "hub",
      repository: "owner/name",
      revision: "main",
      commit: commit(),
    });
    expect(model.files.map((file) => file.path)).toEqual([
      "model_index.json",
      "scheduler/scheduler_config.json",
      "text_encoder/config.json",
      "text_encoder/model.safetensors",
      "tokenizer/merges.txt",
      "tokenizer/vocab.json",
      "unet/config.json",
      "unet/diffusion_pytorch_model.fp16.safetensors",
      "vae/config.json",
      "vae/diffusion_pytorch_model.safetensors",
    ]);
    for (const file of model.files) {
      const content = pipeline[file.path as keyof typeof pipeline];
      expect(await readFile(file.absolutePath)).toEqual(Buffer.from(content));
    }
    expect(await readFile(join(repo(), "refs/main"), "utf8")).toBe(commit());
    expect(await readlink(join(model.path, "unet/config.json"))).toBe(`../../../blobs/${gitSha1(config)}`);
    expect(await readlink(join(model.path, "unet/diffusion_pytorch_model.fp16.safetensors"))).toBe(
      `../../../blobs/${sha256(unet)}`,
    );
    expect((await blobs()).filter((name) => !/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(name))).toEqual([]);
    expect(await readdir(join(cache, ".locks/models--owner--name"))).toEqual([]);
    const tree = JSON.parse(await readFile(join(repo(), `trees/${commit()}.json`), "utf8"));
    expect(tree.format_version).toBe(1);
    expect(tree.files["unet/diffusion_pytorch_model.fp16.safetensors"]).toEqual({
      size: unet.length,
      blob_id: gitSha1(unet),
      lfs_sha256: sha256(unet),
      lfs_size: unet.length,
    });
  });

  it("asks only for the commit if all files are cached, and for nothing if the commit is given", async () => {
    await resolve();
    hub.requests.length = 0;
    const again = await resolve();
    expect(hub.requests.map((request) => request.path.replace(/\?.*/, ""))).toEqual([
      "/api/models/owner/name/revision/main",
    ]);
    hub.requests.length = 0;
    expect(await resolve(`owner/name@${commit()}`)).toMatchObject({ files: again.files });
    expect(hub.requests).toEqual([]);
  });

  it("takes the requested variant", async () => {
    const plain = await resolve("owner/name", { variant: null });
    expect(plain.files.map((file) => file.path)).toContain("unet/diffusion_pytorch_model.safetensors");
    await expect(resolve("owner/name", { variant: "ema" })).rejects.toMatchObject({
      code: "MODEL_FILE_NOT_FOUND",
    });
  });

  it("resolves a folder and a file of a repository", async () => {
    const folder = await resolve("owner/name:unet");
    expect(folder.path.endsWith(join(commit(), "unet"))).toBe(true);
    expect(folder.files.map((file) => file.path)).toEqual([
      "config.json",
      "diffusion_pytorch_model.fp16.safetensors",
    ]);
    const file = await resolve("owner/name:vae/diffusion_pytorch_model.safetensors");
    expect(file.kind).toBe("file");
    expect(file.files).toHaveLength(1);
    await expect(resolve("owner/name:nothing")).rejects.toMatchObject({ code: "MODEL_FILE_NOT_FOUND" });
  });

  it("reports each file's progress in order", async () => {
    await resolve();
    const file = "unet/diffusion_pytorch_model.fp16.safetensors";
    const own = events.filter((event) => "file" in event && event.file === file);
    expect(own[0]).toEqual({ status: "initiate", name: "owner/name", file });
    expect(own[1]).toEqual({ status: "download", name: "owner/name", file, total: unet.length });
    expect(own.at(-2)).toEqual({
      status: "progress",
      name: "owner/name",
      file,
      loaded: unet.length,
      total: unet.length,
    });
    expect(own.at(-1)).toEqual({ status: "done", name: "owner/name", file });
    expect(events.at(-1)).toEqual({ status: "ready", name: "owner/name" });
    const loaded = own.flatMap((event) => (event.status === "progress" ? [event.loaded] : []));
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
  });

  it("copies files if symbolic links are disabled", async () => {
    const model = await resolve("owner/name", { env: { HOME: cache, HF_HUB_DISABLE_SYMLINKS: "1" } });
    for (const file of model.files) expect((await lstat(file.absolutePath)).isFile()).toBe(true);
    expect((await resolve("owner/name", { offline: true })).files).toEqual(model.files);
  });
});

describe("revisions", () => {
  it("follows a branch, a tag with a slash and a commit", async () => {
    const other = commitOf("other");
    const { branches, commits } = hub.repositories.get("owner/name")!;
    branches["refs/pr/1"] = other;
    commits[other] = { "model.safetensors": unet };
    const model = await resolve("owner/name", { revision: "refs/pr/1" });
    expect(model.path).toBe(join(repo(), "snapshots", other, "model.safetensors"));
    expect(await readFile(join(repo(), "refs/refs/pr/1"), "utf8")).toBe(other);
    expect((await resolve("owner/name@refs/pr/1", { offline: true })).path).toBe(model.path);
    expect((await resolve(`owner/name@${other}`)).path).toBe(model.path);
  });

  it("follows a moved branch and shares unchanged blobs", async () => {
    await resolve();
    const moved = commitOf("moved");
    const { branches, commits } = hub.repositories.get("owner/name")!;
    commits[moved] = { ...commits[branches.main!]!, "unet/config.json": Buffer.from('{"in_channels": 9}') };
    branches.main = moved;
    hub.storeRequests.length = 0;
    const model = await resolve();
    expect(model.path.endsWith(moved)).toBe(true);
    expect(hub.storeRequests).toEqual([]);
    expect(await readFile(join(model.path, "unet/config.json"), "utf8")).toBe('{"in_channels": 9}');
  });

  it("names a revision that does not exist", async () => {
    await expect(resolve("owner/name@nope")).rejects.toMatchObject({
      code: "MODEL_REVISION_NOT_FOUND",
      message: expect.stringContaining('"nope"'),
    });
  });
});

describe("access", () => {
  it("explains how to get access to a gated repository", async () => {
    hub.repositories.set("owner/gated", repository(pipeline, { gated: "hf_good" }));
    for (const token of [false, "hf_bad"] as const) {
      await expect(resolve("owner/gated", { token })).rejects.toMatchObject({
        code: "MODEL_ACCESS_DENIED",
        message: expect.stringMatching(/licence at http.*owner\/gated.*HF_TOKEN/),
      });
    }
    expect((await resolve("owner/gated", { token: "hf_good" })).files).toHaveLength(10);
  });

  it("reads HF_TOKEN and the token file, and sends the token to the hub only", async () => {
    hub.repositories.set("owner/gated", repository(pipeline, { gated: "secret" }));
    await resolve("owner/gated", { env: { HOME: cache, HF_TOKEN: " secret\n" } });
    expect(hub.requests.every((request) => request.headers.authorization === "Bearer secret")).toBe(true);
    expect(hub.storeRequests.length).toBeGreaterThan(0);
    expect(hub.storeRequests.every((request) => request.headers.authorization === undefined)).toBe(true);
    await writeFile(join(cache, "token"), "secret\n");
    await resolve("owner/gated", { env: { HF_HOME: cache }, hubCache: join(cache, "second") });
  });

  it("does not send the token to another origin for the listing's next page", async () => {
    const page = Buffer.from("[]");
    hub.plain.set("/page", { body: page, headers: {} });
    hub.faults.push(instead(/tree/, page, { link: `<${hub.store}/page>; rel="next"` }));
    await expect(resolve("owner/name", { token: "hf_secret" })).rejects.toMatchObject({
      code: "MODEL_FILE_NOT_FOUND",
    });
    expect(hub.storeRequests[0]!.path).toBe("/page");
    expect(hub.storeRequests[0]!.headers.authorization).toBeUndefined();
  });

  it("reports a repository that does not exist or may be private", async () => {
    await expect(resolve("owner/nobody")).rejects.toMatchObject({ code: "MODEL_ACCESS_DENIED" });
    hub.faults.push(status(/revision/, 404, { "x-error-code": "RepoNotFound" }));
    await expect(resolve("owner/nobody")).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  });
});

describe("a bad connection", () => {
  it("continues a cut download in the same run", async () => {
    hub.faults.push(cut(large, 6000), cut(large, 5000));
    await resolve();
    const ranges = hub.storeRequests.filter((r) => large.test(r.path)).map((r) => r.headers.range);
    expect(ranges).toEqual([undefined, "bytes=6000-", "bytes=11000-"]);
    expect(await readFile(join(repo(), "blobs", sha256(unet)))).toEqual(unet);
  });

  it("continues the unfinished file of an earlier run", async () => {
    hub.faults.push(cut(large, 6000, 9));
    const failed = await resolve("owner/name", { retries: 0 }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "DOWNLOAD_FAILED", message: expect.stringContaining("gave up") });
    expect(await readFile(partial())).toEqual(unet.subarray(0, 6000));
    expect(await blobs()).not.toContain(sha256(unet));
    hub.faults.length = 0;
    hub.storeRequests.length = 0;
    await resolve();
    expect(hub.storeRequests.find((r) => large.test(r.path))!.headers.range).toBe("bytes=6000-");
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
    hub.faults.push(cut(large, 6000), instead(large, unet, ignoring));
    await resolve();
    expect(await readFile(join(repo(), "blobs", sha256(unet)))).toEqual(unet);
  });

  it("restarts if the server continues with other contents, and gives up after a few times", async () => {
    hub.faults.push(cut(large, 6000), corrupt(large));
    await resolve();
    expect(await readFile(join(repo(), "blobs", sha256(unet)))).toEqual(unet);
  });

  it("rejects wrong bytes and removes them", async () => {
    hub.faults.push(corrupt(large, 9));
    await expect(resolve()).rejects.toMatchObject({
      code: "DOWNLOAD_CORRUPT",
      details: { expected: sha256(unet) },
    });
    expect((await blobs()).filter((name) => name.startsWith(sha256(unet)))).toEqual([]);
    hub.faults.length = 0;
    await rm(repo(), { recursive: true });
    hub.faults.push(corrupt(/resolve.*unet.config.json/, 9));
    await expect(resolve()).rejects.toMatchObject({
      code: "DOWNLOAD_CORRUPT",
      details: { expected: gitSha1(config) },
    });
    hub.faults.length = 0;
    await resolve();
  });

  it("rejects a file that is longer than listed, by its headers or by its body", async () => {
    hub.faults.push(instead(large, Buffer.concat([unet, unet])));
    await expect(resolve()).rejects.toMatchObject({ code: "DOWNLOAD_CORRUPT" });
    hub.faults.push({
      on: large,
      times: 1,
      act: (response) => response.writeHead(200).end(Buffer.concat([unet, unet])),
    });
    await expect(resolve()).rejects.toMatchObject({ code: "DOWNLOAD_CORRUPT" });
    await resolve();
  });

  it("cuts a stalled connection, but not a slow one", async () => {
    hub.faults.push(stall(large, 3000), slow(large, 5, 60));
    await resolve("owner/name", { timeout: 200 });
    expect(hub.storeRequests.filter((r) => large.test(r.path)).map((r) => r.headers.range)).toEqual([
      undefined,
      "bytes=3000-",
    ]);
  });

  it.each([429, 500, 503, 408])("retries after HTTP %i", async (code) => {
    hub.faults.push(status(/revision/, code, {}, 2), status(/tree/, code), status(large, code, {}, 2));
    await resolve();
  });

  it("waits as long as Retry-After says", async () => {
    hub.faults.push(status(large, 429, { "retry-after": "1" }));
    const before = performance.now();
    await resolve();
    expect(performance.now() - before).toBeGreaterThan(950);
  });

  it("gives up after the retries, naming the URL without its signature", async () => {
    hub.faults.push(status(large, 500, {}, ALWAYS));
    const error = await resolve("owner/name", { retries: 2 }).catch((e: Error) => e);
    expect(error).toMatchObject({ code: "DOWNLOAD_FAILED", message: expect.stringContaining("3 tries") });
    expect(String(error)).not.toContain("signature");
    expect(hub.storeRequests.filter((r) => large.test(r.path))).toHaveLength(3);
  });

  it("does not retry a permanent error", async () => {
    hub.faults.push(status(large, 410, {}, ALWAYS));
    await expect(resolve()).rejects.toMatchObject({ code: "DOWNLOAD_REFUSED" });
    expect(hub.storeRequests.filter((r) => large.test(r.path))).toHaveLength(1);
  });
});

describe("redirects", () => {
  it("rejects a redirect loop", async () => {
    hub.faults.push(redirect(/resolve.*fp16/, "?again", ALWAYS));
    await expect(resolve()).rejects.toMatchObject({ code: "DOWNLOAD_REDIRECT_REFUSED" });
  });

  it.each([
    "http://example.com/x",
    "ftp://127.0.0.1/x",
    "file:///etc/passwd",
    "https://u:p@127.0.0.1/",
    "http://",
  ])("does not follow to %s", async (location) => {
    hub.faults.push(redirect(/resolve.*fp16/, location, ALWAYS));
    await expect(resolve()).rejects.toMatchObject({ code: "DOWNLOAD_REDIRECT_REFUSED" });
  });
});

describe("an untrustworthy listing", () => {
  const listing = (entry: object) => instead(/tree/, Buffer.from(JSON.stringify([entry])), {}, ALWAYS);
  const file = { type: "file", size: 3, oid: "0".repeat(40) };

  it.each(["../../evil", "/etc/passwd", "unet/../../x", "C:\\x", "a\\b", "a//b", ".", "a\0b", ""])(
    "is refused for the name %j",
    async (path) => {
      hub.faults.push(listing({ ...file, path }));
      await expect(resolve()).rejects.toMatchObject({ code: "HUB_RESPONSE_INVALID" });
    },
  );

  it.each([{ size: -1 }, { size: 1.5 }, { size: "3" }, { oid: "../x" }, { lfs: { oid: "../x", size: 3 } }])(
    "is refused for %j",
    async (part) => {
      hub.faults.push(listing({ ...file, path: "config.json", ...part }));
      await expect(resolve()).rejects.toMatchObject({ code: "HUB_RESPONSE_INVALID" });
    },
  );

  it("is rejected for an invalid commit and for invalid JSON", async () => {
    hub.faults.push(instead(/revision/, Buffer.from('{"sha": "../../x"}')));
    await expect(resolve()).rejects.toMatchObject({ code: "HUB_RESPONSE_INVALID" });
    hub.faults.push(instead(/revision/, Buffer.from("<html>")));
    await expect(resolve()).rejects.toMatchObject({ code: "HUB_RESPONSE_INVALID" });
  });

  it("is rejected for a file that no disk can hold, before the download", async () => {
    const path = "model.safetensors";
    hub.faults.push(listing({ ...file, path, size: 2 ** 52, lfs: { oid: "a".repeat(64), size: 2 ** 52 } }));
    await expect(resolve()).rejects.toMatchObject({ code: "DISK_FULL" });
    expect(hub.requests.filter((request) => request.path.includes("resolve"))).toEqual([]);
  });
});

describe("offline", () => {
  it("uses the cache without a request, also one of a Python version that keeps no listing", async () => {
    const online = await resolve();
    await rm(join(repo(), "trees"), { recursive: true });
    hub.requests.length = 0;
    const env = { HOME: cache, HF_HUB_OFFLINE: "1" };
    expect((await resolve("owner/name", { env })).files).toEqual(online.files);
    expect(hub.requests).toEqual([]);
  });

  it.each([true, false])("reports a missing file (listing kept: %s)", async (kept) => {
    const model = await resolve();
    if (!kept) await rm(join(repo(), "trees"), { recursive: true });
    await rm(join(model.path, "vae/diffusion_pytorch_model.safetensors"));
    await expect(resolve("owner/name", { offline: true })).rejects.toMatchObject({
      code: "MODEL_NOT_CACHED",
      message: expect.stringContaining("HF_HUB_OFFLINE"),
    });
  });

  it("uses the last known commit if the hub is unreachable", async () => {
    const online = await resolve();
    hub.faults.push(status(/revision/, 503, {}, ALWAYS));
    expect((await resolve("owner/name", { retries: 1 })).path).toBe(online.path);
    await rm(repo(), { recursive: true });
    await expect(resolve("owner/name", { retries: 1 })).rejects.toMatchObject({ code: "DOWNLOAD_FAILED" });
  });
});

describe("cancelling", () => {
  it("rejects with ABORTED at any time and keeps what was received", async () => {
    const reason = new Error("enough");
    await expect(resolve("owner/name", { signal: AbortSignal.abort(reason) })).rejects.toMatchObject({
      code: "ABORTED",
      cause: reason,
    });
    const controller = new AbortController();
    hub.faults.push(stall(large, 8000));
    await expect(
      resolve("owner/name", {
        signal: controller.signal,
        onProgress: (event) => {
          if (event.status === "progress" && event.file.includes("fp16") && event.loaded > 0)
            controller.abort(reason);
        },
      }),
    ).rejects.toMatchObject({ code: "ABORTED", cause: reason });
    expect((await readFile(partial())).length).toBeGreaterThan(0);
    expect(await readdir(join(cache, ".locks/models--owner--name"))).toEqual([]);
    await resolve();
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
    const file = join(cache, "file");
    await writeFile(file, "");
    await expect(resolve("owner/name", { hubCache: join(file, "hub") })).rejects.toMatchObject({
      code: "FILE_NOT_WRITABLE",
      message: expect.stringContaining("HF_HUB_CACHE"),
    });
  });
});
