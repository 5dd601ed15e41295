import { fixture } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import { blobTree, identify, openSafetensors, openTaesd, writeSafetensors } from "../src/index.js";
import { fileSource, folderTree } from "../src/node.js";
import { errorOf } from "./errors-of.js";
import { expectSame } from "./expect-same.js";
import { goldenOf, renamed, source, type Tensors } from "./single-file-tensors.js";

const golden = goldenOf("tiny-taesd", "diffusion_pytorch_model");
const half = (name: "encoder" | "decoder") =>
  new Map([...golden].filter(([tensor]) => tensor.startsWith(name)));
const decoder = half("decoder");

/** The authors' decoder counts the clamp at its start (taesd.py: `Clamp(), conv(latent_channels, 64), …`). */
const original = (name: string) => {
  const [, , network, index, rest] = /^((encoder|decoder)\.layers\.)(\d+)\.(.+)$/.exec(name) ?? [];
  return { network, index: Number(index) + (network === "decoder" ? 1 : 0), rest };
};
const numbered = (name: string) => `${original(name).index}.${original(name).rest}`;
const prefixed = (prefix: string) => (name: string) => `${prefix}${original(name).network}.${numbered(name)}`;

const blob = (tensors: Tensors) => new Blob([writeSafetensors(tensors)]);
const encoderBlob = () => blob(renamed(half("encoder"), numbered));
const decoderBlob = () => blob(renamed(decoder, numbered));
const halves = () => ({
  "taesd_encoder.safetensors": encoderBlob(),
  "taesd_decoder.safetensors": decoderBlob(),
});
const opened = async (files: Record<string, Blob>, path: string) => {
  const tree = blobTree(files);
  return openTaesd((await tree.open(path))!, { beside: tree });
};

describe("openTaesd", () => {
  it.each([
    ["a diffusers folder", () => openTaesd(folderTree(fixture("tiny-taesd")))],
    [
      "a diffusers file without its folder",
      async () => openTaesd(await fileSource(fixture("tiny-taesd/diffusion_pytorch_model.safetensors"))),
    ],
    ["a folder of the authors' two files", () => openTaesd(blobTree(halves()))],
    ["the authors' encoder with the decoder beside it", () => opened(halves(), "taesd_encoder.safetensors")],
    ["one file of both halves", () => openTaesd(source(renamed(golden, prefixed(""))))],
    ["ComfyUI's names", () => openTaesd(source(renamed(golden, prefixed("taesd_"))))],
  ])("opens %s", async (_, open) => {
    const { config, weights, warnings } = await open();
    await expectSame(weights, golden);
    expect(config).toMatchObject({
      in_channels: 3,
      latent_channels: 4,
      num_encoder_blocks: [1, 2, 2, 2],
      num_decoder_blocks: [2, 2, 2, 1],
      decoder_block_out_channels: [16, 16, 16, 16],
    });
    expect(warnings).toEqual([]);
  });

  it("opens a decoder alone, which is all that images and previews need", async () => {
    const { config, weights } = await opened(
      { "taesd_decoder.safetensors": decoderBlob() },
      "taesd_decoder.safetensors",
    );
    await expectSame(weights, decoder);
    expect(config).toMatchObject({ num_encoder_blocks: [], num_decoder_blocks: [2, 2, 2, 1] });
  });

  it("asks for the decoder that an encoder lacks", async () => {
    const error = await errorOf(
      opened({ "taesd_encoder.safetensors": encoderBlob() }, "taesd_encoder.safetensors"),
    );
    expect(error).toMatchObject({ code: "CHECKPOINT_COMPONENT_MISSING", details: { component: "decoder" } });
    expect(error.message).toContain("taesd_decoder.safetensors");
  });

  it("rejects a folder with several decoders, naming its files", async () => {
    const files = { ...halves(), "taesdxl_decoder.safetensors": decoderBlob() };
    const error = await errorOf(openTaesd(blobTree(files)));
    expect(error.code).toBe("CHECKPOINT_FILE_MISSING");
    expect(error.message).toContain("taesdxl_decoder.safetensors");
  });

  it("names a weight that a decoder lacks", async () => {
    const { "3.conv.2.weight": _, ...rest } = renamed(decoder, numbered);
    expect(await errorOf(openTaesd(source(rest)))).toMatchObject({
      code: "CHECKPOINT_WEIGHT_MISSING",
      details: { weight: "decoder.layers.2.conv.2.weight" },
    });
  });

  it("rejects a file of another kind by name", async () => {
    const error = await errorOf(openTaesd(await fileSource(fixture("lora/kohya.safetensors"))));
    expect(error).toMatchObject({ code: "CHECKPOINT_COMPONENT_MISSING", details: { kind: "lora" } });
  });

  it("is recognised by its numbered layers", async () => {
    for (const tensors of [renamed(decoder, numbered), renamed(golden, prefixed("taesd_"))])
      expect(identify(await openSafetensors(source(tensors))).kind).toBe("taesd");
  });
});
