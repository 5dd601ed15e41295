import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { resolveModel } from "../src/node.js";
import { resolveWebModel } from "../src/web.js";
import { stall } from "./faults.js";
import { repository, safetensors, startHub, type TestHub } from "./hub-server.js";
import { tinyConfigs } from "./tiny-configs.js";

// Stable Diffusion XL, by the name of a tensor: its second text encoder, in the original layout.
const sdxl = safetensors(100_000, 1, "conditioner.embedders.1.model.ln_final.weight");
const json = (value: object) => Buffer.from(JSON.stringify(value));
const index = JSON.parse(tinyConfigs["model_index.json"].toString()) as object;
const unet = JSON.parse(tinyConfigs["unet/config.json"].toString()) as object;
const weights = {
  "unet/diffusion_pytorch_model.safetensors": safetensors(100_000),
  "text_encoder/model.safetensors": safetensors(1000),
  "vae/diffusion_pytorch_model.safetensors": safetensors(1000),
};
const second = {
  "text_encoder_2/config.json": tinyConfigs["text_encoder/config.json"],
  "text_encoder_2/model.safetensors": safetensors(1000),
};

let hub: TestHub;
let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "sunstep-registry-"));
  hub = await startHub({
    "own/xl": repository({
      ...tinyConfigs,
      ...weights,
      ...second,
      "model_index.json": json({
        ...index,
        _class_name: "StableDiffusionXLPipeline",
        text_encoder_2: ["transformers", "CLIPTextModelWithProjection"],
      }),
    }),
    "own/other-unet": repository({
      ...tinyConfigs,
      ...weights,
      "unet/config.json": json({ ...unet, addition_embed_type: "text_time" }),
    }),
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
  it.each(["own/xl", "own/other-unet"])(
    "is refused by its configs before its weights come: %s",
    async (model) => {
      await expect(resolveModel(model, options())).rejects.toMatchObject({
        code: expect.stringMatching(/^CHECKPOINT_(UNSUPPORTED|CONFIG)$/),
        message: expect.stringMatching(/own\/xl\/model_index.json|unet\/config.json/),
      });
      expect(hub.storeRequests).toEqual([]);
    },
  );

  it.each(["own/xl", "own/other-unet"])("is refused as early in a page: %s", async (model) => {
    vi.stubGlobal("navigator", {});
    vi.stubGlobal("location", new URL("https://page.example/"));
    await expect(inWeb(model)).rejects.toMatchObject({ code: expect.stringMatching(/^CHECKPOINT_/) });
    expect(hub.storeRequests).toEqual([]);
  });

  it("is refused as early in a folder of the page's own server", async () => {
    const asked: string[] = [];
    vi.stubGlobal("location", new URL("https://page.example/"));
    vi.stubGlobal("fetch", async (url: string) => {
      const path = new URL(url).pathname.replace("/xl/", "");
      asked.push(path);
      const body = hub.repositories.get("own/xl")!.commits;
      const file = Object.values(body)[0]![path];
      return new Response(file && new Uint8Array(file), { status: file ? 200 : 404 });
    });
    await expect(resolveWebModel("/xl/")).rejects.toMatchObject({ code: "CHECKPOINT_UNSUPPORTED" });
    expect(asked).toContain("unet/config.json");
    expect(asked.filter((path) => path.endsWith(".safetensors"))).toEqual([]);
  });

  // The server goes silent behind the header: a client that waits for more fails with DOWNLOAD_FAILED instead.
  it.each(["repository", "URL"])("is refused by the header of its file, from a %s", async (origin) => {
    hub.plain.set("/xl.safetensors", { body: sdxl, headers: { etag: '"1"' } });
    hub.faults.push(stall(/^\/(blob|xl).*\.safetensors/, 1000));
    const model = origin === "URL" ? `${hub.store}/xl.safetensors` : "own/xl-file";
    await expect(resolveModel(model, options())).rejects.toMatchObject({
      code: "CHECKPOINT_UNSUPPORTED",
      message: expect.stringContaining("xl.safetensors: this is a checkpoint"),
    });
    expect(await filesIn()).toEqual([]);
  });
});
