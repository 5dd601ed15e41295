import { fixture } from "@sunstep/testing";
import { expect, it } from "vitest";
import { describeFile } from "../src/describe-file.js";
import { runInProcess } from "./run-in-process.js";

it.each([
  ["tiny-sd15", { kind: "diffusers folder", architecture: "sd1", tokenizer: "its own" }],
  ["tiny-sd21", { kind: "diffusers folder", architecture: "sd2", tokenizer: "CLIP's" }],
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
