import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { listCached, type ResolveOptions, removeModel, resolveModel } from "../src/node.js";
import { repository, safetensors, startHub } from "./hub-server.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sunstep-registry-"));
  await mkdir(join(folder, "unet/deep/er"), { recursive: true });
  await writeFile(join(folder, "unet/config.json"), "{}");
  await writeFile(join(folder, "unet/deep/er/x"), "{}");
  await writeFile(join(folder, "one.safetensors"), "12345");
  await writeFile(join(folder, "one.ckpt"), "");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const noNetwork: ResolveOptions = {
  fetch: () => Promise.reject(new Error("the network was asked")),
  retries: 0,
  env: {},
};

it("uses files in place", async () => {
  const file = join(folder, "one.safetensors");
  const expected = {
    kind: "file",
    path: file,
    files: [{ path: "one.safetensors", absolutePath: file, size: 5 }],
    origin: { type: "local" },
  };
  expect(await resolveModel(file, noNetwork)).toEqual(expected);
  expect(await resolveModel(pathToFileURL(file).href, noNetwork)).toEqual(expected);
  expect(await resolveModel("~/one.safetensors", { ...noNetwork, env: { HOME: folder } })).toEqual(expected);
});

it("uses folders in place", async () => {
  const model = await resolveModel(folder, noNetwork);
  expect(model).toMatchObject({ kind: "folder", path: folder });
  expect(model.files.map((file) => file.path)).toEqual(["one.ckpt", "one.safetensors", "unet/config.json"]);
});

it("names the cause for paths, pickles and unknown names", async () => {
  const absent = join(folder, "two.safetensors");
  await expect(resolveModel(absent, noNetwork)).rejects.toMatchObject({
    code: "MODEL_NOT_FOUND",
    message: expect.stringContaining(absent),
  });
  await expect(resolveModel(join(folder, "one.ckpt"), noNetwork)).rejects.toMatchObject({
    code: "MODEL_NOT_SAFETENSORS",
  });
  await expect(resolveModel("no-such-name", noNetwork)).rejects.toMatchObject({ code: "MODEL_UNKNOWN" });
  await expect(resolveModel("owner/name@main", { ...noNetwork, revision: "v2" })).rejects.toMatchObject({
    code: "MODEL_NAME_INVALID",
  });
});

it("names the option that has an invalid value", async () => {
  for (const wrong of [{ endpoint: "hub" }, { endpoint: "https://user@hub" }, { sha256: "abc" }]) {
    await expect(resolveModel(folder, { ...noNetwork, ...wrong })).rejects.toMatchObject({
      code: "REGISTRY_OPTION_INVALID",
    });
  }
});

it("prefers the disk to the hub, and a name to the disk", async () => {
  const entry = { kind: "pipeline", architecture: "sd1", license: "mit", description: "" } as const;
  const names = [{ ...entry, name: "packages", source: folder }];
  expect((await resolveModel("packages", { ...noNetwork, names })).path).toBe(folder);
  const odd = join(folder, "a@b:c");
  await mkdir(odd);
  expect((await resolveModel(odd, noNetwork)).path).toBe(odd);
});

it("resolves the caller's own names", async () => {
  const entry = { kind: "pipeline", architecture: "sd1", license: "mit", description: "" } as const;
  const names = [
    { ...entry, name: "mine", source: folder },
    { ...entry, name: "loop", source: "mine" },
  ];
  expect((await resolveModel("mine", { ...noNetwork, names })).path).toBe(folder);
  await expect(resolveModel("loop", { ...noNetwork, names })).rejects.toMatchObject({
    code: "MODEL_UNKNOWN",
  });
});

it("lists and removes repositories of the hub's cache", async () => {
  const weights = safetensors(100);
  const hub = await startHub({ "owner/na-me": repository({ "model.safetensors": weights }) });
  const cache = { hubCache: join(folder, "hub"), sunstepCache: join(folder, "sunstep") };
  try {
    expect(await listCached(cache)).toEqual([]);
    await resolveModel("owner/na-me", { ...cache, endpoint: hub.endpoint, token: false });
    await writeFile(join(cache.hubCache, "CACHEDIR.TAG"), "");
    expect(await listCached(cache)).toEqual([
      {
        id: "owner/na-me",
        origin: "hub",
        path: join(cache.hubCache, "models--owner--na-me"),
        size: weights.length,
        revisions: ["main"],
      },
    ]);
    expect(await removeModel("owner/na-me", cache)).toBe(weights.length);
    expect(await listCached(cache)).toEqual([]);
    await expect(removeModel("owner/na-me", cache)).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
    await expect(removeModel("../..", cache)).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  } finally {
    await hub.close();
  }
});
