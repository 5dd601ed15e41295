// Folders of LoRAs, embeddings, VAEs and ControlNets, with a model of a few channels.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSafetensors } from "@sunstep/checkpoint";
import { fixture, readSafetensors } from "@sunstep/testing";
import { afterAll, describe, expect, it } from "vitest";
import { readControls } from "../src/a1111/control.js";
import { pixelsOfBase64 } from "./png.js";
import { startServer } from "./start-server.js";

const folder = mkdtempSync(join(tmpdir(), "sunstep-folders-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const within = (...path: string[]) => join(folder, ...path);
for (const name of ["loras", "embeddings"]) mkdirSync(within(name));
cpSync(fixture("lora/kohya.safetensors"), within("loras", "ink.safetensors"));
cpSync(fixture("tiny-sdxl/vae"), within("vaes", "soft"), { recursive: true });
cpSync(fixture("tiny-controlnet"), within("controlnets", "square"), { recursive: true });

/** The token "cat" as an embedding: its row of the text encoder's table. */
const CAT = 2368;
const table = readSafetensors(fixture("tiny-sd15/text_encoder/model.fp16.safetensors")).get(
  "text_model.embeddings.token_embedding.weight",
)!;
const width = table.shape[1]!;
const data = Float32Array.from(table.data.slice(CAT * width, (CAT + 1) * width) as Float32Array);
writeFileSync(
  within("embeddings", "pets.safetensors"),
  writeSafetensors({ emb_params: { dtype: "float32", shape: [1, width], data } }),
);

const server = await startServer({
  values: {
    model: [fixture("tiny-sd15")],
    "lora-dir": within("loras"),
    "embedding-dir": within("embeddings"),
    vaes: within("vaes"),
    "controlnet-dir": within("controlnets"),
    "no-cache": true,
  },
});

const plain = { prompt: "a cat", seed: 5, steps: 1, cfg_scale: 1, width: 64, height: 64 };

async function served(fields: object) {
  const { status, body } = await server.post("/sdapi/v1/txt2img", { ...plain, ...fields });
  expect(body.detail ?? status).toBe(200);
  return pixelsOfBase64(body.images[0]);
}
const usual = await served({});

const control = readFileSync(fixture("pipelines/inputs/control_square.png"));
const unit = { image: control.toString("base64"), module: "none", model: "square" };
const controlnet = (fields: object) => ({
  alwayson_scripts: { controlnet: { args: [{ ...unit, ...fields }] } },
});

const known = {
  ...{ models: [], loras: [], vaes: [], embeddings: [] },
  controlnets: [{ name: "square", file: "square" }],
};
const read = (fields: object, first?: string) =>
  readControls(controlnet(fields).alwayson_scripts, known, async (image) => `blob of ${image}`, first);

describe("a folder", () => {
  it("of LoRAs is named by prompts", async () => {
    expect((await server.get("/sdapi/v1/loras")).body).toMatchObject([{ name: "ink" }]);
    expect(await served({ prompt: "a cat <lora:ink:0.7>" })).not.toEqual(usual);
    expect(await served({})).toEqual(usual);
  });

  it("of embeddings is named by prompts", async () => {
    expect((await server.get("/sdapi/v1/embeddings")).body.loaded).toEqual({ pets: {} });
    expect(await served({ prompt: "a pets" })).toEqual(usual);
    expect(await served({ prompt: "a pet" })).not.toEqual(usual);
  });

  it("of VAEs is named by a setting", async () => {
    expect((await server.get("/sdapi/v1/sd-vae")).body).toMatchObject([{ model_name: "soft" }]);
    expect(await served({ override_settings: { sd_vae: "soft" } })).not.toEqual(usual);
  });
});

describe("ControlNet's extension", () => {
  it("lists what there is", async () => {
    expect((await server.get("/controlnet/model_list")).body).toEqual({ model_list: ["square"] });
    expect((await server.get("/controlnet/module_list")).body).toMatchObject({ module_list: ["none"] });
    expect((await server.get("/controlnet/version")).body.version).toBeGreaterThan(1);
    expect((await server.post("/controlnet/detect", {})).status).toBe(501);
  });

  it("follows an image, and leaves the model as it was", async () => {
    const followed = await served(controlnet({ weight: 0.8 }));
    expect(followed).not.toEqual(usual);
    expect(await served(controlnet({ weight: 0.4 }))).not.toEqual(followed);
    expect(await served({})).toEqual(usual);
  });

  it.each([
    [{ image: "A" }, { blob: "blob of A", scale: 1, start: 0, end: 1, resize: "crop" }],
    [
      { image: "A", weight: 0.8, guidance_start: 0.1, guidance_end: 0.5 },
      { scale: 0.8, start: 0.1, end: 0.5 },
    ],
    [{ image: "A", model: "square [d14c016b]", resize_mode: "Just Resize" }, { resize: "stretch" }],
    [
      { image: { image: "B", mask: null }, resize_mode: 2 },
      { blob: "blob of B", resize: "fill" },
    ],
    [{ image: "", control_mode: 0 }, { blob: "blob of the first image" }],
  ])("reads a unit: %j", async (fields, control) => {
    const { controls } = await read(fields, "the first image");
    expect(controls).toMatchObject([{ controlnet: "square", ...control }]);
  });

  it("leaves out units that are not enabled", async () => {
    expect(await read({ enabled: false })).toEqual({});
  });

  it.each([
    [{ module: "canny" }, "REQUEST_UNSUPPORTED", /no preprocessors; send the finished edges/],
    [{ model: "pose" }, "CONTROLNET_UNKNOWN", /"pose" is not served; there are square/],
    [{ control_mode: "ControlNet is more important" }, "REQUEST_UNSUPPORTED", /take Balanced/],
    [{ mask: "AAAA" }, "REQUEST_UNSUPPORTED", /mask/],
    [{ image: "" }, "IMAGE_MISSING", /no image/],
    [{ weight: 5 }, "REQUEST_VALUE", /weight 5/],
    [{ resize_mode: 7 }, "REQUEST_UNSUPPORTED", /resize_mode/],
  ])("refuses %j", async (fields, code, message) => {
    await expect(read(fields)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

it("makes an image larger by a second pass", async () => {
  const larger = await served({ enable_hr: true, hr_scale: 1.5, hr_upscaler: "Latent" });
  expect(larger).toMatchObject({ width: 96, height: 96 });
});
