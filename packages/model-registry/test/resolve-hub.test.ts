import { lstat, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { instead, stall, status } from "./faults.js";
import { ALWAYS, commitOf, gitSha1, repository, sha256 } from "./hub-server.js";
import { config, large, pipeline, unet, useHub } from "./use-hub.js";

const given = useHub();
const { blobs, commit, partial, repo, resolve } = given;

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
    expect(await readdir(join(given.cache, ".locks/models--owner--name"))).toEqual([]);
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
    given.hub.requests.length = 0;
    const again = await resolve();
    expect(given.hub.requests.map((request) => request.path.replace(/\?.*/, ""))).toEqual([
      "/api/models/owner/name/revision/main",
    ]);
    given.hub.requests.length = 0;
    expect(await resolve(`owner/name@${commit()}`)).toMatchObject({ files: again.files });
    expect(given.hub.requests).toEqual([]);
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
    const own = given.events.filter((event) => "file" in event && event.file === file);
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
    expect(given.events.at(-1)).toEqual({ status: "ready", name: "owner/name" });
    const loaded = own.flatMap((event) => (event.status === "progress" ? [event.loaded] : []));
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
  });

  it("copies files if symbolic links are disabled", async () => {
    const model = await resolve("owner/name", { env: { HOME: given.cache, HF_HUB_DISABLE_SYMLINKS: "1" } });
    for (const file of model.files) expect((await lstat(file.absolutePath)).isFile()).toBe(true);
    expect((await resolve("owner/name", { offline: true })).files).toEqual(model.files);
  });
});

describe("revisions", () => {
  it("follows a branch, a tag with a slash and a commit", async () => {
    const other = commitOf("other");
    const { branches, commits } = given.hub.repositories.get("owner/name")!;
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
    const { branches, commits } = given.hub.repositories.get("owner/name")!;
    commits[moved] = { ...commits[branches.main!]!, "unet/config.json": Buffer.from('{"in_channels": 9}') };
    branches.main = moved;
    given.hub.storeRequests.length = 0;
    const model = await resolve();
    expect(model.path.endsWith(moved)).toBe(true);
    expect(given.hub.storeRequests).toEqual([]);
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
    given.hub.repositories.set("owner/gated", repository(pipeline, { gated: "hf_good" }));
    for (const token of [false, "hf_bad"] as const) {
      await expect(resolve("owner/gated", { token })).rejects.toMatchObject({
        code: "MODEL_ACCESS_DENIED",
        message: expect.stringMatching(/licence at http.*owner\/gated.*HF_TOKEN/),
      });
    }
    expect((await resolve("owner/gated", { token: "hf_good" })).files).toHaveLength(10);
  });

  it("reads HF_TOKEN and the token file, and sends the token to the hub only", async () => {
    given.hub.repositories.set("owner/gated", repository(pipeline, { gated: "secret" }));
    await resolve("owner/gated", { env: { HOME: given.cache, HF_TOKEN: " secret\n" } });
    expect(given.hub.requests.every((request) => request.headers.authorization === "Bearer secret")).toBe(
      true,
    );
    expect(given.hub.storeRequests.length).toBeGreaterThan(0);
    expect(given.hub.storeRequests.every((request) => request.headers.authorization === undefined)).toBe(
      true,
    );
    await writeFile(join(given.cache, "token"), "secret\n");
    await resolve("owner/gated", { env: { HF_HOME: given.cache }, hubCache: join(given.cache, "second") });
  });

  it("does not send the token to another origin for the listing's next page", async () => {
    const page = Buffer.from("[]");
    given.hub.plain.set("/page", { body: page, headers: {} });
    given.hub.faults.push(instead(/tree/, page, { link: `<${given.hub.store}/page>; rel="next"` }));
    await expect(resolve("owner/name", { token: "hf_secret" })).rejects.toMatchObject({
      code: "MODEL_FILE_NOT_FOUND",
    });
    expect(given.hub.storeRequests[0]!.path).toBe("/page");
    expect(given.hub.storeRequests[0]!.headers.authorization).toBeUndefined();
  });

  it("reports a repository that does not exist or may be private", async () => {
    await expect(resolve("owner/nobody")).rejects.toMatchObject({ code: "MODEL_ACCESS_DENIED" });
    given.hub.faults.push(status(/revision/, 404, { "x-error-code": "RepoNotFound" }));
    await expect(resolve("owner/nobody")).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  });
});

describe("offline", () => {
  it("uses the cache without a request, also one of a Python version that keeps no listing", async () => {
    const online = await resolve();
    await rm(join(repo(), "trees"), { recursive: true });
    given.hub.requests.length = 0;
    const env = { HOME: given.cache, HF_HUB_OFFLINE: "1" };
    expect((await resolve("owner/name", { env })).files).toEqual(online.files);
    expect(given.hub.requests).toEqual([]);
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
    given.hub.faults.push(status(/revision/, 503, {}, ALWAYS));
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
    given.hub.faults.push(stall(large, 8000));
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
    expect(await readdir(join(given.cache, ".locks/models--owner--name"))).toEqual([]);
    await resolve();
  });
});
