import { describe, expect, it } from "vitest";
import { type SelectOptions, selectFiles } from "../src/index.js";

const select = (paths: string[], options?: SelectOptions) => selectFiles(paths, "owner/name", options);
const stem = "unet/diffusion_pytorch_model";
const code = (expected: string) => expect.objectContaining({ code: expected });

describe("selectFiles", () => {
  // Both orders of variant and shard number are published: diffusers renamed its files between releases.
  it.each([
    ["variant first", `${stem}.fp16-00001-of-00001.safetensors`, `${stem}.safetensors.index.fp16.json`],
    ["number first", `${stem}-00001-of-00001.fp16.safetensors`, `${stem}.fp16.safetensors.index.json`],
  ])("takes fp16 before plain files (%s)", (_, shard, index) => {
    const configs = ["model_index.json", "unet/config.json"];
    const weights = [`${stem}.safetensors`, `${stem}.non_ema.safetensors`, shard, index];
    const chosen = (options?: SelectOptions) => select([...configs, ...weights], options).files;
    expect(chosen()).toEqual([...configs, shard, index].sort());
    expect(chosen({ variant: null })).toEqual([...configs, `${stem}.safetensors`].sort());
    expect(chosen({ variant: "non_ema" })).toEqual([...configs, `${stem}.non_ema.safetensors`].sort());
  });

  it("decides per component", () => {
    const { files } = select([
      "model_index.json",
      `${stem}.fp16.safetensors`,
      `${stem}.safetensors`,
      "vae/diffusion_pytorch_model.safetensors",
    ]);
    expect(files).toEqual([
      "model_index.json",
      `${stem}.fp16.safetensors`,
      "vae/diffusion_pytorch_model.safetensors",
    ]);
  });

  it("takes shards or the single file, not both", () => {
    const shards = [`${stem}-00001-of-00002.safetensors`, `${stem}-00002-of-00002.safetensors`];
    const index = `${stem}.safetensors.index.json`;
    expect(select(["model_index.json", `${stem}.safetensors`, ...shards, index]).files).toEqual(
      ["model_index.json", ...shards, index].sort(),
    );
    expect(select(["model_index.json", `${stem}.safetensors`, ...shards]).files).toEqual([
      "model_index.json",
      `${stem}.safetensors`,
    ]);
  });

  it("takes a component's folder, as TAESD's", () => {
    const paths = [
      "README.md",
      "config.json",
      "diffusion_pytorch_model.safetensors",
      "taesd_decoder.safetensors",
      "taesd_encoder.safetensors",
      "taesd_decoder.pth",
    ];
    expect(select(paths)).toEqual({
      kind: "folder",
      root: "",
      files: ["config.json", "diffusion_pytorch_model.safetensors"],
    });
  });

  it("takes the only file", () => {
    expect(select(["README.md", "anything.safetensors", "sub/other.safetensors"])).toEqual({
      kind: "file",
      root: "anything.safetensors",
      files: ["anything.safetensors"],
    });
    expect(select(["sub/other.safetensors"], { path: "sub" }).root).toBe("sub/other.safetensors");
    expect(() => select(["a.safetensors", "b.safetensors"])).toThrow(code("MODEL_AMBIGUOUS"));
  });

  it("rejects pickles", () => {
    expect(() => select(["v1.ckpt"])).toThrow(code("MODEL_NOT_SAFETENSORS"));
    expect(() => select(["v1.ckpt"], { path: "v1.ckpt" })).toThrow(code("MODEL_NOT_SAFETENSORS"));
    expect(() => select(["model_index.json", `${stem}.bin`])).toThrow(code("MODEL_NOT_SAFETENSORS"));
  });

  it("rejects repositories without a Stable Diffusion model", () => {
    expect(() => select(["README.md"])).toThrow(code("MODEL_FILE_NOT_FOUND"));
    expect(() => select([])).toThrow(code("MODEL_FILE_NOT_FOUND"));
    expect(() => select(["model_index.json", "transformer/diffusion_pytorch_model.safetensors"])).toThrow(
      code("MODEL_FILE_NOT_FOUND"),
    );
  });

  // The listing of stable-diffusion-v1-5's branch "onnx", and what other exports have beside their graphs.
  const graph = (folder: string) => `${folder}/model.onnx`;
  const exported = [
    "model_index.json",
    "scheduler/scheduler_config.json",
    "text_encoder/config.json",
    graph("text_encoder"),
    "tokenizer/merges.txt",
    "tokenizer/vocab.json",
    graph("unet"),
    "unet/weights.pb",
    graph("vae_decoder"),
    graph("vae_encoder"),
  ];

  it("takes ONNX graphs with all that may hold their weights, and no other program's form of them", () => {
    const parts = ["unet/model.onnx_data", "unet/onnx__MatMul_8123", "unet/conv_in.weight"];
    const others = [
      ".gitattributes",
      "README.md",
      graph("safety_checker"),
      "feature_extractor/preprocessor_config.json",
      "unet/model_quantized.onnx",
      "unet/model_quantized.onnx_data",
      "unet/model_fp16.onnx",
      "unet/model_fp16.onnx.data",
      "unet/openvino_model.xml",
      "unet/openvino_model.bin",
      "unet/model.ort",
      "text_encoder/model.safetensors",
      "text_encoder/pytorch_model.bin",
      "text_encoder/flax_model.msgpack",
      "unet/old/model.onnx",
    ];
    const { kind, files } = select([...exported, ...parts, ...others]);
    expect({ kind, files }).toEqual({ kind: "folder", files: [...exported, ...parts].sort() });
  });

  it("prefers a U-Net in safetensors to its graph, and graphs to nothing but pickles", () => {
    const own = [...exported, "unet/config.json", "vae/config.json"];
    const weights = [`${stem}.safetensors`, "text_encoder/model.safetensors"];
    expect(select([...own, ...weights]).files.filter((file) => /onnx|pb$/.test(file))).toEqual([]);
    expect(select([...own, `${stem}.bin`]).files).toContain(graph("unet"));
  });

  it.each(["text_encoder", "vae_decoder"])("rejects a graph of a U-Net without that of its %s", (folder) => {
    const paths = exported.filter((path) => path !== graph(folder));
    expect(() => select(paths)).toThrow(
      expect.objectContaining({
        code: "MODEL_FILE_NOT_FOUND",
        message: expect.stringContaining(graph(folder)),
      }),
    );
  });
});
