import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openComponent } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { fixture } from "@sunstep/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { resolveModel } from "../src/node.js";
import { resolveWebModel } from "../src/web.js";
import { repository, startHub, type TestHub } from "./hub-server.js";
import { tinyConfigs } from "./tiny-configs.js";

const vae = {
  "config.json": tinyConfigs["vae/config.json"],
  "diffusion_pytorch_model.safetensors": await readFile(
    fixture("tiny-sd15/vae/diffusion_pytorch_model.fp16.safetensors"),
  ),
};
const inFolder = Object.fromEntries(Object.entries(vae).map(([path, bytes]) => [`vae/${path}`, bytes]));
const pipeline = {
  ...tinyConfigs,
  ...inFolder,
  "unet/diffusion_pytorch_model.safetensors": Buffer.from("x"),
};
let hub: TestHub;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sunstep-registry-"));
  hub = await startHub({
    "own/vae": repository({ ...vae, "diffusion_pytorch_model.bin": "pickle" }),
    "own/pipeline": repository(pipeline),
    "own/vae-file": repository({ "vae-840000.safetensors": vae["diffusion_pytorch_model.safetensors"] }),
  });
  for (const [path, bytes] of Object.entries(pipeline)) {
    const file = join(folder, "pipeline", path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
});
afterEach(async () => {
  await hub.close();
  await rm(folder, { recursive: true });
  vi.unstubAllGlobals();
});

const resolve = (model: string) =>
  resolveModel(model, {
    component: "vae",
    endpoint: hub.endpoint,
    hubCache: join(folder, "hub"),
    env: { HOME: folder },
  });

describe("the VAE of another model", () => {
  it.each([
    ["a hub id of the VAE alone", () => "own/vae"],
    ["a hub id of a whole model", () => "own/pipeline"],
    ["a folder of a hub repository", () => "own/pipeline:vae"],
    ["a folder of a whole model", () => join(folder, "pipeline")],
    ["the VAE's own folder", () => join(folder, "pipeline/vae")],
  ])("is found by %s, as a folder that opens", async (_, model) => {
    const { kind, path } = await resolve(model());
    expect(kind).toBe("folder");
    const { config } = await openComponent("vae", folderTree(path));
    expect(config.latent_channels).toBe(4);
    expect(hub.storeRequests.every((request) => !request.path.includes("unet"))).toBe(true);
  });

  it.each([
    ["a hub id of one file", () => "own/vae-file"],
    ["a file of a hub repository", () => "own/pipeline:vae/diffusion_pytorch_model.safetensors"],
    ["a file", () => join(folder, "pipeline/vae/diffusion_pytorch_model.safetensors")],
  ])("is found by %s", async (_, model) => {
    const { kind, path } = await resolve(model());
    expect(kind).toBe("file");
    expect(vae["diffusion_pytorch_model.safetensors"].equals(await readFile(path))).toBe(true);
  });

  it("is missed by name in a model without one", async () => {
    await rm(join(folder, "pipeline/vae"), { recursive: true });
    await expect(resolve(join(folder, "pipeline"))).rejects.toMatchObject({
      code: "MODEL_FILE_NOT_FOUND",
      message: expect.stringContaining("has no folder vae"),
    });
  });

  it.each(["/whole/", "/whole/vae/"])("is fetched from the page's own server, from %s", async (address) => {
    vi.stubGlobal("location", new URL("https://page.example/"));
    vi.stubGlobal("fetch", async (url: string) => {
      const file = (pipeline as Record<string, Buffer>)[new URL(url).pathname.replace("/whole/", "")];
      return new Response(file && new Uint8Array(file), { status: file ? 200 : 404 });
    });
    const found = await resolveWebModel(address, { component: "vae" });
    expect(found.kind === "folder" && Object.keys(found.files).sort()).toEqual(Object.keys(vae));
  });
});
