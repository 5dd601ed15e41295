import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixture } from "@sunstep/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { resolveModel } from "../src/node.js";
import { resolveWebModel } from "../src/web.js";
import { stall } from "./faults.js";
import { repository, safetensors, startHub, type TestHub } from "./hub-server.js";
import { tinyConfigs } from "./tiny-configs.js";

// Stable Diffusion 3, by the name of a tensor.
const sd3 = safetensors(100_000, 1, "model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight");
// Stable Diffusion XL: its second text encoder, in the original layout.
const sdxl = safetensors(100_000, 1, "conditioner.embedders.1.model.ln_final.weight");
const json = (value: object) => Buffer.from(JSON.stringify(value));
const index = JSON.parse(tinyConfigs["model_index.json"].toString()) as object;
const unet = JSON.parse(tinyConfigs["unet/config.json"].toString()) as object;
const weights = {
  "unet/diffusion_pytorch_model.safetensors": safetensors(100_000),
  "text_encoder/model.safetensors": safetensors(1000),
  "vae/diffusion_pytorch_model.safetensors": safetensors(1000),
};
const xlConfig = (path: string) => readFileSync(fixture(`tiny-sdxl/${path}`));
const xlConfigs = Object.fromEntries(
  [...Object.keys(tinyConfigs), "text_encoder_2/config.json"].map((path) => [path, xlConfig(path)]),
);
const second = { "text_encoder_2/model.safetensors": safetensors(1000) };

/** A folder of graphs, as optimum writes it. */
const graphs = {
  "model_index.json": json({ _class_name: "ORTStableDiffusionPipeline" }),
  "scheduler/scheduler_config.json": tinyConfigs["scheduler/scheduler_config.json"],
  "unet/config.json": tinyConfigs["unet/config.json"],
  "unet/model.onnx": Buffer.alloc(1000),
  "unet/weights.pb": Buffer.alloc(100_000),
  "text_encoder/model.onnx": Buffer.alloc(1000),
  "vae_decoder/model.onnx": Buffer.alloc(1000),
};

let hub: TestHub;
let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "sunstep-registry-"));
  hub = await startHub({
    "own/sd3": repository({
      ...tinyConfigs,
      ...weights,
      "model_index.json": json({ ...index, _class_name: "StableDiffusion3Pipeline" }),
    }),
    "own/xl": repository({ ...xlConfigs, ...weights, ...second }),
    "own/xl-refiner": repository({
      ...xlConfigs,
      ...weights,
      ...second,
      "model_index.json": json({
        ...JSON.parse(xlConfig("model_index.json").toString()),
        text_encoder: [null, null],
      }),
    }),
    "own/other-unet": repository({
      ...tinyConfigs,
      ...weights,
      "unet/config.json": json({ ...unet, addition_embed_type: "image" }),
    }),
    "own/graphs": repository(graphs),
    "own/other-graphs": repository({
      ...graphs,
      "unet/config.json": json({ ...unet, addition_embed_type: "image" }),
    }),
    "own/sd3-file": repository({ "README.md": "sd3", "sd3.safetensors": sd3 }),
    "own/xl-file": repository({ "README.md": "xl", "xl.safetensors": sdxl }),
  });
});
afterEach(async () => {
  await hub.close();
  await rm(cache, { recursive: true });
  vi.unstubAllGlobals();
});

const options = () => ({
  endpoint: hub.endpoint,
  hubCache: cache,
  sunstepCache: cache,
  retries: 0,
  timeout: 5000,
  env: { HOME: cache },
});
const inWeb = (model: string) =>
  resolveWebModel(model, { endpoint: hub.endpoint, retry: { retries: 0, delay: 1 } });
const filesIn = async () =>
  (await readdir(cache, { recursive: true })).filter((path) => /safetensors|incomplete/.test(path));

describe("a model that is not supported", () => {
  it.each(["own/sd3", "own/xl-refiner", "own/other-unet", "own/other-graphs"])(
    "is refused by its configs before its weights come: %s",
    async (model) => {
      await expect(resolveModel(model, options())).rejects.toMatchObject({
        code: expect.stringMatching(/^CHECKPOINT_(UNSUPPORTED|CONFIG)$/),
        message: expect.stringMatching(/own\/[\w-]+\/model_index.json|unet\/config.json/),
      });
      expect(hub.storeRequests).toEqual([]);
    },
  );

  it.each(["own/sd3", "own/other-unet", "own/other-graphs"])(
    "is refused as early in a page: %s",
    async (model) => {
      vi.stubGlobal("navigator", {});
      vi.stubGlobal("location", new URL("https://page.example/"));
      await expect(inWeb(model)).rejects.toMatchObject({ code: expect.stringMatching(/^CHECKPOINT_/) });
      expect(hub.storeRequests).toEqual([]);
    },
  );

  it("is refused as early in a folder of the page's own server", async () => {
    const asked: string[] = [];
    vi.stubGlobal("location", new URL("https://page.example/"));
    vi.stubGlobal("fetch", async (url: string) => {
      const path = new URL(url).pathname.replace("/sd3/", "");
      asked.push(path);
      const body = hub.repositories.get("own/sd3")!.commits;
      const file = Object.values(body)[0]![path];
      return new Response(file && new Uint8Array(file), { status: file ? 200 : 404 });
    });
    await expect(resolveWebModel("/sd3/")).rejects.toMatchObject({ code: "CHECKPOINT_UNSUPPORTED" });
    expect(asked).toContain("unet/config.json");
    expect(asked.filter((path) => path.endsWith(".safetensors"))).toEqual([]);
  });

  // The server goes silent behind the header: a client that waits for more fails with DOWNLOAD_FAILED instead.
  it.each(["repository", "URL"])("is refused by the header of its file, from a %s", async (origin) => {
    hub.plain.set("/sd3.safetensors", { body: sd3, headers: { etag: '"1"' } });
    hub.faults.push(stall(/^\/(blob|sd3).*\.safetensors/, 1000));
    const model = origin === "URL" ? `${hub.store}/sd3.safetensors` : "own/sd3-file";
    await expect(resolveModel(model, options())).rejects.toMatchObject({
      code: "CHECKPOINT_UNSUPPORTED",
      message: expect.stringContaining("sd3.safetensors: this is a checkpoint"),
    });
    expect(await filesIn()).toEqual([]);
  });
});

describe("a model of Stable Diffusion XL", () => {
  it("comes with both text encoders", async () => {
    const { kind, path } = await resolveModel("own/xl", options());
    expect(kind).toBe("folder");
    expect(await readdir(path, { recursive: true })).toContain(join("text_encoder_2", "model.safetensors"));
  });

  it("comes as a single file", async () => {
    expect(await resolveModel("own/xl-file", options())).toMatchObject({ kind: "file" });
  });
});

describe("a folder of ONNX graphs", () => {
  it("comes with the weights beside its graphs, and is whole offline", async () => {
    const { files } = await resolveModel("own/graphs", options());
    expect(files.map(({ path }) => path)).toEqual(Object.keys(graphs).sort());
    const offline = await resolveModel("own/graphs", { ...options(), offline: true });
    expect(offline.files).toEqual(files);
  });
});
