// Folders of LoRAs, embeddings, VAEs and ControlNets, with a model of a few channels: the server makes the images that the
// library makes of the same files.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSafetensors } from "@sunstep/checkpoint";
import { fixture } from "@sunstep/testing";
import { decodeImage, type FromPretrainedOptions, type GenerateOptions, StableDiffusion } from "sunstep";
import { afterAll, describe, expect, it } from "vitest";
import { pixelsOfBase64 } from "./png.js";
import { startServer } from "./start-server.js";

const folder = mkdtempSync(join(tmpdir(), "sunstep-folders-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const within = (...path: string[]) => join(folder, ...path);
const ink = within("loras", "ink.safetensors");
const pets = within("embeddings", "pets.safetensors");
const soft = within("vaes", "soft");
const square = within("controlnets", "square");
for (const name of ["loras", "embeddings"]) mkdirSync(within(name));
cpSync(fixture("lora/kohya.safetensors"), ink);
cpSync(fixture("tiny-sdxl/vae"), soft, { recursive: true });
cpSync(fixture("tiny-controlnet"), square, { recursive: true });
const row = { dtype: "float16", shape: [1, 16], data: new Uint16Array(16).fill(0x3800) } as const;
writeFileSync(pets, writeSafetensors({ emb_params: row }));

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

const plain = { prompt: "a cat", seed: 5, steps: 2, cfg_scale: 3, width: 64, height: 64 };
const asked = { override_settings: { randn_source: "CPU" } };

async function served(fields: object, path = "txt2img") {
  const { status, body } = await server.post(`/sdapi/v1/${path}`, { ...plain, ...asked, ...fields });
  expect(body.detail ?? status).toBe(200);
  return pixelsOfBase64(body.images[0]).data;
}

const load = (options: FromPretrainedOptions = {}) =>
  StableDiffusion.fromPretrained(fixture("tiny-sd15"), { threads: 1, cache: false, ...options });
const library = await load({ controlnets: [square] });
afterAll(() => library.dispose());

async function alone(prompt: string, options: GenerateOptions = {}, model = library) {
  const own = { seed: 5, steps: 2, guidanceScale: 3, width: 64, height: 64 };
  return (await model.generate(prompt, { ...own, ...options })).images[0]!.data;
}

const control = readFileSync(fixture("pipelines/inputs/control_square.png"));
const unit = { image: control.toString("base64"), module: "none", model: "square" };
const controlnet = (fields: object) => ({
  alwayson_scripts: { controlnet: { args: [{ ...unit, ...fields }] } },
});

describe("a folder", () => {
  it("of LoRAs is named by prompts", async () => {
    expect((await server.get("/sdapi/v1/loras")).body).toMatchObject([{ name: "ink" }]);
    const made = await served({ prompt: "a cat <lora:ink:0.7>" });
    await library.loadLora(ink, { scale: 0.7 });
    expect(made).toEqual(await alone("a cat"));
    await library.unloadLora("ink");
    expect(made).not.toEqual(await served({}));
  });

  it("of embeddings is named by prompts", async () => {
    expect((await server.get("/sdapi/v1/embeddings")).body.loaded).toEqual({ pets: {} });
    const made = await served({ prompt: "a cat with pets" });
    expect(made).not.toEqual(await alone("a cat with pets"));
    await library.loadEmbedding(pets);
    expect(made).toEqual(await alone("a cat with pets"));
  });

  it("of VAEs is named by a setting", async () => {
    expect((await server.get("/sdapi/v1/sd-vae")).body).toMatchObject([{ model_name: "soft" }]);
    const made = await served({ override_settings: { ...asked.override_settings, sd_vae: "soft" } });
    const other = await load({ vae: soft });
    expect(made).toEqual(await alone("a cat", {}, other));
    await other.dispose();
    expect(made).not.toEqual(await served({}));
  });
});

describe("ControlNet's extension", () => {
  it("lists what there is", async () => {
    expect((await server.get("/controlnet/model_list")).body).toEqual({ model_list: ["square"] });
    expect((await server.get("/controlnet/module_list")).body).toMatchObject({ module_list: ["none"] });
    expect((await server.get("/controlnet/version")).body.version).toBeGreaterThan(1);
    expect((await server.post("/controlnet/detect", {})).status).toBe(501);
  });

  it("makes the image that the library makes, and leaves the model as it was", async () => {
    const before = await served({});
    const made = await served(controlnet({ weight: 0.8, guidance_end: 0.5, model: "square [d14c016b]" }));
    const image = decodeImage(control);
    expect([image.width, image.height]).toEqual([64, 64]);
    const options = { controls: [{ image, scale: 0.8, start: 0, end: 0.5 }] };
    expect(made).toEqual(await alone("a cat", options));
    expect(made).not.toEqual(before);
    expect(await served({})).toEqual(before);
  });

  it("follows the image that img2img starts from, where a unit has none", async () => {
    const init_images = [unit.image];
    const own = await served({ init_images, ...controlnet({}) }, "img2img");
    expect(await served({ init_images, ...controlnet({ image: "" }) }, "img2img")).toEqual(own);
    expect(await served({ init_images, ...controlnet({ enabled: false }) }, "img2img")).not.toEqual(own);
  });

  it.each([
    [{ module: "canny" }, 422, /no preprocessors; send the finished edges/],
    [{ model: "pose" }, 404, /"pose" is not served; there are square/],
    [{ control_mode: "ControlNet is more important" }, 422, /take Balanced/],
    [{ mask: "AAAA" }, 422, /mask/],
    [{ image: "" }, 404, /no image/],
    [{ weight: 5 }, 400, /weight 5/],
    [{ resize_mode: 7 }, 422, /resize_mode/],
  ])("refuses %j before a job is made", async (fields, status, message) => {
    const response = await server.post("/sdapi/v1/txt2img", { ...plain, ...controlnet(fields) });
    expect([response.status, response.body.detail]).toEqual([status, expect.stringMatching(message)]);
  });
});

it("makes an image larger by a second pass, as the library does", async () => {
  const made = await server.post("/sdapi/v1/txt2img", {
    ...plain,
    ...asked,
    enable_hr: true,
    hr_scale: 1.5,
    hr_upscaler: "Latent",
    denoising_strength: 0.6,
  });
  expect(pixelsOfBase64(made.body.images[0])).toMatchObject({ width: 96, height: 96 });
  const hires = { scale: 1.5, strength: 0.6 };
  expect(pixelsOfBase64(made.body.images[0]).data).toEqual(await alone("a cat", { hires }));
});
