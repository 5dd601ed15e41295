// Files of the official onnx package (tooling/reference/generator/generate/onnx_models.py): a model in memory keeps every
// part of them, or the reader names the part that it cannot keep.

import { readFileSync } from "node:fs";
import { fixture } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import {
  type Attribute,
  embedModel,
  type Graph,
  GraphBuilder,
  type Model,
  readOnnx,
  writeOnnx,
} from "../src/index.js";
import { runModel } from "./run-model.js";

const bytesOf = (name: string) => Uint8Array.from(readFileSync(fixture(`onnx/${name}.onnx`)));
const read = (name: string) => readOnnx(bytesOf(name), { file: `${name}.onnx` });

const attribute = ({ graph }: Model, name: string): Attribute => graph.nodes[0]!.attributes[name]!;
const subgraph = (model: Model, name: string): Graph => attribute(model, name).value as Graph;
const utf8 = (text: string) => new TextEncoder().encode(text);

/** Tells whether `bytes` holds the bytes of `part`, one after the other. */
const holds = (bytes: Uint8Array, part: Uint8Array) => Buffer.from(bytes).includes(Buffer.from(part));

describe("readOnnx and writeOnnx", () => {
  it.each([
    "if-untyped-branches",
    "untyped-output",
    "loop-untyped-state",
    "sequence-output",
    "optional-output",
    "type-attribute",
    "map-output",
    "string-initializer",
    "bytes-attribute",
    "byte-strings-attribute",
    "integer-beyond-double",
    "integer-constant",
    "opset-28",
  ])("keep a model of the kind %s", async (name) => {
    const model = await read(name);
    const written = writeOnnx(model);
    expect(await readOnnx(written)).toEqual(model);
  });

  it("keep the outputs of branches without a type", async () => {
    const model = await read("if-untyped-branches");
    expect(subgraph(model, "then_branch").outputs).toEqual([{ name: "then", dtype: "unknown" }]);
    const which = { dtype: "bool", shape: [], data: Uint8Array.of(1) };
    const x = { dtype: "float32", shape: [2], data: Float32Array.of(1, -2) };
    expect((await runModel(model, { which, x })).y!.data).toEqual(Float32Array.of(-1, 2));
  });

  it("keep the inputs and outputs of loop bodies without a type", async () => {
    const { inputs, outputs } = subgraph(await read("loop-untyped-state"), "body");
    expect([inputs.at(-1), outputs.at(-1)]).toEqual([
      { name: "sum", dtype: "unknown" },
      { name: "next", dtype: "unknown" },
    ]);
  });

  it("keep a graph output without a type", async () => {
    expect((await read("untyped-output")).graph.outputs).toEqual([{ name: "y", dtype: "unknown" }]);
  });

  it.each(["sequence-output", "optional-output", "map-output"])(
    "keep the type of the output in %s byte for byte",
    async (name) => {
      const model = await read(name);
      const [output] = model.graph.outputs;
      expect(output).toEqual({ name: output!.name, dtype: "unknown", encoded: expect.any(Uint8Array) });
      expect(holds(bytesOf(name), output!.encoded!)).toBe(true);
      expect(holds(writeOnnx(model), output!.encoded!)).toBe(true);
    },
  );

  it("keep strings that are not UTF-8", async () => {
    const words = writeOnnx(await read("string-initializer"));
    for (const word of [utf8("a"), utf8("ü"), Uint8Array.of(0xff, 0, 0xfe)])
      expect(holds(words, Uint8Array.of(0x32, word.length, ...word))).toBe(true);
    expect(attribute(await read("bytes-attribute"), "delimiter")).toEqual({
      type: "bytes",
      value: Uint8Array.of(0xff, 0xfe),
    });
    expect(attribute(await read("byte-strings-attribute"), "stopwords")).toEqual({
      type: "byteStrings",
      value: [utf8("the"), Uint8Array.of(0xc3, 0x28)],
    });
  });

  it("keep integers that a number cannot hold", async () => {
    expect(attribute(await read("integer-beyond-double"), "ends")).toEqual({
      type: "ints",
      value: [2n ** 63n - 2n],
    });
    expect(attribute(await read("integer-constant"), "value_int")).toEqual({
      type: "int",
      value: 2n ** 53n + 1n,
    });
    expect(attribute(await read("map-output"), "classlabels_int64s")).toEqual({
      type: "ints",
      value: [3, 2n ** 53n + 1n],
    });
  });

  it.each([
    ["sparse-initializer", "ONNX_NOT_KEPT", "it holds the sparse initializer weight (make it dense)"],
    ["sparse-attribute", "ONNX_NOT_KEPT", "it holds attribute sparse_value, sparse tensor"],
    ["local-function", "ONNX_NOT_KEPT", "it holds the function local.Twice (inline it with"],
    ["training-info", "ONNX_NOT_KEPT", "it holds information for training"],
    ["float8", "GRAPH_DTYPE", "value y: ONNX element type 17 is not supported"],
  ])("name the part of %s that cannot be kept", async (name, code, message) => {
    await expect(read(name)).rejects.toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
    await expect(read(name)).rejects.toThrow(`${name}.onnx: `);
  });

  it("reject names that are not UTF-8", async () => {
    const bytes = bytesOf("untyped-output");
    // The name of the input, field 1 of length 1.
    bytes[Buffer.from(bytes).indexOf(Buffer.from([0x0a, 1, 0x78]), 10) + 2] = 0xff;
    await expect(readOnnx(bytes)).rejects.toThrow(/the name ".+" is not UTF-8/);
  });

  it("reject a string tensor with fewer strings than its shape needs", async () => {
    const model = await read("string-initializer");
    const words = { ...model.graph.initializers.get("words")!, shape: [4] };
    const short = { ...model, graph: { ...model.graph, initializers: new Map([["words", words]]) } };
    expect(() => writeOnnx(short)).toThrow("initializer words (string [4]) needs 4 strings, has 3");
  });
});

describe("embedModel", () => {
  it("renames the values that subgraphs capture and make", async () => {
    const chooser = await read("if-untyped-branches");
    const graph = new GraphBuilder({ name: "twice", opsets: chooser.opsets });
    const inputs = graph.inputsOf(chooser);
    const first = embedModel(graph, chooser, { scope: "first", inputs });
    const second = embedModel(graph, chooser, { scope: "second", inputs: { ...inputs, x: first.y! } });
    graph.output("y", second.y!);
    const which = { dtype: "bool", shape: [], data: Uint8Array.of(0) };
    const x = { dtype: "float32", shape: [2], data: Float32Array.of(1, -2) };
    expect((await runModel(graph.build(), { which, x })).y!.data).toEqual(Float32Array.of(1, 2));
  });
});
