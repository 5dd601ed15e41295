import { encodeFloat16, tensor } from "@sunstep/tensor";
import { fixture } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import {
  checkEmbedding,
  embeddingToken,
  identify,
  memorySource,
  openEmbedding,
  openSafetensors,
} from "../src/index.js";
import { fileSource } from "../src/node.js";
import { errorOf } from "./errors-of.js";
import { source, type Tensors } from "./single-file-tensors.js";

const numbers = (count: number) => Float32Array.from({ length: count }, (_, i) => i / 4 - 1);
const vectors = (count: number, width: number) => tensor(numbers(count * width), [count, width]);
const half = (count: number, width: number) =>
  tensor(encodeFloat16(numbers(count * width)), [count, width], "float16");
const open = (tensors: Tensors) => openEmbedding(source(tensors));

const encoder = (name: "text_encoder" | "text_encoder_2", hidden_size: number) =>
  ({ name, config: { hidden_size } }) as Parameters<typeof checkEmbedding>[1][number];
const sd1 = [encoder("text_encoder", 768)];
const xl = [encoder("text_encoder", 768), encoder("text_encoder_2", 1280)];

describe("openEmbedding", () => {
  it.each<[string, Tensors]>([
    ["AUTOMATIC1111's emb_params", { emb_params: half(3, 8) }],
    [
      "a converted pickle",
      {
        "string_to_param.*": vectors(3, 8),
        "string_to_token.*": tensor(new BigInt64Array([265n]), [1], "int64"),
      },
    ],
    ["a converted pickle's parameter alone", { "*": vectors(3, 8) }],
  ])("reads %s, which does not tell its word", async (_, tensors) => {
    const { vectors: read, token } = await open(tensors);
    expect(token).toBeUndefined();
    expect(read.text_encoder!.shape).toEqual([3, 8]);
    expect(read.text_encoder!.data).toEqual(numbers(24));
  });

  it("reads the word of diffusers' files, of one vector without a second axis too", async () => {
    for (const shape of [[1, 8], [8]]) {
      const tensors = { "<cat-toy>": tensor(numbers(8), shape) };
      const { token, vectors: read } = await open(tensors);
      expect(token).toBe("<cat-toy>");
      expect(read.text_encoder).toEqual({ dtype: "float32", shape: [1, 8], data: numbers(8) });
      expect(await embeddingToken(source(tensors))).toBe("<cat-toy>");
    }
    expect(await embeddingToken(source({ emb_params: vectors(1, 8) }))).toBeUndefined();
  });

  it.each([
    ["clip_l", "clip_g"],
    ["text_encoders_0", "text_encoders_1"],
  ])("reads the vectors of two text encoders from %s and %s", async (first, second) => {
    const { vectors: read } = await open({ [second]: half(2, 12), [first]: half(2, 8) });
    expect(read.text_encoder!.shape).toEqual([2, 8]);
    expect(read.text_encoder_2!.shape).toEqual([2, 12]);
    expect(read.text_encoder_2!.data).toEqual(numbers(24));
  });

  it.each<[string, Tensors, RegExp]>([
    ["one half of a pair", { clip_l: vectors(2, 8) }, /lacks clip_g/],
    ["pairs of different lengths", { clip_l: vectors(2, 8), clip_g: vectors(3, 8) }, /2 and 3 vectors/],
    ["several words", { "<a>": vectors(1, 8), "<b>": vectors(1, 8) }, /2 tensors/],
    ["three axes", { emb_params: tensor(numbers(8), [1, 1, 8]) }, /not a list of vectors/],
    ["integers", { emb_params: tensor(new BigInt64Array(8), [1, 8], "int64") }, /int64/],
    ["no vector", { emb_params: tensor(numbers(0), [0, 8]) }, /not a list of vectors/],
  ])("rejects %s", async (_, tensors, message) => {
    const error = await errorOf(open(tensors));
    expect(error.code).toBe("EMBEDDING_FORMAT");
    expect(error.message).toMatch(message);
  });

  it("rejects more vectors than a text encoder takes, and numbers that are none", async () => {
    expect((await open({ emb_params: vectors(75, 2) })).vectors.text_encoder!.shape).toEqual([75, 2]);
    expect((await errorOf(open({ emb_params: vectors(76, 2) }))).code).toBe("EMBEDDING_LENGTH");
    const damaged = { emb_params: tensor(Float32Array.of(1, Number.NaN), [1, 2]) };
    expect((await errorOf(open(damaged))).code).toBe("CHECKPOINT_NOT_FINITE");
  });

  it("rejects a pickle unread, with advice, and a LoRA by its kind", async () => {
    const pickle = memorySource(Uint8Array.of(0x80, 2, 0x7d, 0x71, 0, 0x2e, 0, 0, 0), "EasyNegative.pt");
    const error = await errorOf(openEmbedding(pickle));
    expect(error.code).toBe("CHECKPOINT_NOT_SAFETENSORS");
    expect(error.message).toMatch(/EasyNegative\.pt.*convert it to \.safetensors/);
    const lora = await errorOf(openEmbedding(await fileSource(fixture("lora/kohya.safetensors"))));
    expect(lora).toMatchObject({ code: "EMBEDDING_FORMAT", details: { kind: "lora" } });
  });

  it("is recognised by its tensors", async () => {
    const kinds = [
      { emb_params: vectors(3, 8) },
      { "<cat-toy>": tensor(numbers(8), [8]) },
      { style: vectors(1, 8) },
      { clip_l: vectors(2, 8), clip_g: vectors(2, 12) },
    ].map(async (tensors: Tensors) => identify(await openSafetensors(source(tensors))).kind);
    expect(await Promise.all(kinds)).toEqual(Array(4).fill("embedding"));
  });
});

describe("checkEmbedding", () => {
  it("accepts the widths of a model's text encoders", async () => {
    checkEmbedding(await open({ emb_params: vectors(1, 768) }), sd1);
    checkEmbedding(await open({ clip_l: vectors(1, 768), clip_g: vectors(1, 1280) }), xl);
  });

  it.each<[string, Tensors, typeof xl, RegExp]>([
    [
      "SD 2.x's on SD 1.x",
      { emb_params: vectors(1, 1024) },
      sd1,
      /made for Stable Diffusion 2\.x.* is Stable Diffusion 1\.x/,
    ],
    [
      "SD 1.x's on XL",
      { emb_params: vectors(1, 768) },
      xl,
      /made for Stable Diffusion 1\.x.* is Stable Diffusion XL/,
    ],
    [
      "XL's on SD 1.x",
      { clip_l: vectors(1, 768), clip_g: vectors(1, 1280) },
      sd1,
      /made for Stable Diffusion XL/,
    ],
    ["unknown widths", { emb_params: vectors(1, 16) }, sd1, /vectors of 16/],
  ])("names the model that an embedding is made for: %s", async (_, tensors, encoders, message) => {
    const embedding = await open(tensors);
    expect(() => checkEmbedding(embedding, encoders)).toThrow(
      expect.objectContaining({ code: "EMBEDDING_MODEL", message: expect.stringMatching(message) }),
    );
  });
});
