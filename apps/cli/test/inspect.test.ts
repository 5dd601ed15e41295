import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePng } from "@sunstep/image";
import { fixture } from "@sunstep/testing";
import { afterAll, describe, expect, it } from "vitest";
import { describeFile } from "../src/report/describe-file.js";
import { runInProcess } from "./run-in-process.js";

it.each([
  ["tiny-sd15", { kind: "diffusers folder", architecture: "sd1", tokenizer: "its own" }],
  ["tiny-sd21", { kind: "diffusers folder", architecture: "sd2", tokenizer: "CLIP's" }],
  [
    "tiny-sdxl",
    {
      architecture: "sdxl",
      textEncoder: { width: 12, layers: 3 },
      textEncoder2: { width: 20, layers: 4 },
    },
  ],
  [
    "tiny-sd15-single-file/tiny_sd15.fp16.safetensors",
    { kind: "checkpoint", architecture: "sd1", inChannels: 4 },
  ],
  ["tiny-inpaint/unet/diffusion_pytorch_model.safetensors", { kind: "unet", inChannels: 9 }],
  ["tiny-taesd/diffusion_pytorch_model.safetensors", { kind: "taesd" }],
  ["sun/tiny-sd15_addpos.safetensors", { kind: "sun-adapter" }],
  ["lora/kohya_locon.safetensors", { kind: "lora" }],
  ["hostile/ok.onnx", { kind: "ONNX model", opsets: { "ai.onnx": expect.any(Number) } }],
  ["pipelines/inputs/picture_square.png", { kind: "PNG", width: expect.any(Number) }],
])("describes %s", async (path, expected) => {
  expect(await describeFile(fixture(path))).toMatchObject(expected);
});

it("tells which few-step method a file is of, and what it will set", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sunstep-inspect-"));
  const path = join(folder, "Hyper-SD15-8steps-CFG-lora.safetensors");
  copyFileSync(fixture("lora/kohya.safetensors"), path);
  expect(await describeFile(path)).toMatchObject({
    method: "hyper-sd-cfg (Hyper-SD with guidance), by its name",
    sets: "8 steps, DDIMScheduler, guidance 6",
    negativePrompts: "with guidance",
    licence: "openrail++",
  });
  rmSync(folder, { recursive: true });
});

it("prints a description as text, or as JSON with --json", async () => {
  const path = fixture("sun/tiny-sd15_plain.safetensors");
  const { stdout } = await runInProcess(["inspect", path]);
  expect(stdout).toContain(`${path}: sun-adapter\n`);
  expect(stdout).toMatch(/^ {2}tensors: \d+$/m);
  const json = await runInProcess(["inspect", path, "--json"]);
  expect(JSON.parse(json.stdout)).toMatchObject({ path, kind: "sun-adapter" });
});

it.each([
  "pickle_executes.ckpt",
  "truncated.onnx",
  "external_escape.onnx",
  "zero_header.safetensors",
  "png_truncated.png",
  "gguf_magic.safetensors",
])("rejects %s with a typed error that names the file", async (name) => {
  const { code, stderr } = await runInProcess(["inspect", fixture(`hostile/${name}`)]);
  expect(code).toBe(1);
  expect(stderr).toMatch(new RegExp(`^error [A-Z]+_[A-Z_]+: .*${name.replace(".", "\\.")}`));
});

describe("images of other programs and formats", () => {
  const folder = mkdtempSync(join(tmpdir(), "sunstep-inspect-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const pixel = { width: 1, height: 1, channels: 3 as const, data: new Uint8Array(3) };
  const written = (name: string, bytes: Uint8Array) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };

  it("names the program whose generation data is not read", async () => {
    const png = encodePng(pixel, { text: { prompt: '{"3": {}}', workflow: '{"nodes": []}' } });
    expect(await describeFile(written("comfy.png", png))).toMatchObject({
      kind: "PNG",
      generationData: "ComfyUI's, which is not read",
    });
  });

  it("does not read a JPEG as safetensors", async () => {
    const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 2, 0xff, 0xd9);
    expect(await describeFile(written("photo.jpg", jpeg))).toEqual({ kind: "JPEG" });
  });
});
