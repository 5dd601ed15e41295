import { readFileSync } from "node:fs";
import { memorySource } from "@sunstep/files";
import { fixture } from "@sunstep/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Attribute,
  checkModel,
  type DataType,
  float32Data,
  GraphBuilder,
  type Initializer,
  type Model,
  type Node,
  readOnnx,
  tensorAttribute,
  writeOnnx,
} from "../src/index.js";
import { encodeStrings } from "../src/onnx/string-data.js";
import { runModel } from "./run-model.js";

/** TypeProto of a sequence of float32 tensors. */
const SEQUENCE_TYPE = Uint8Array.of(0x22, 6, 0x0a, 4, 0x0a, 2, 0x08, 1);

const float32 = fc.float({ noNaN: true });
const text = fc.string({ maxLength: 12 });
const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -2, max: 2 }),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
);
const bytes = fc.uint8Array({ maxLength: 6 });
/** Bytes that are not UTF-8: 0xff occurs in no encoding. */
const notText = bytes.map((some) => Uint8Array.of(...some, 0xff));
const name = fc.string({ minLength: 1, maxLength: 8 });

const sizes: Record<string, number> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  float64: 8,
  int8: 1,
  uint8: 1,
  int16: 2,
};
Object.assign(sizes, { uint16: 2, int32: 4, uint32: 4, int64: 8, uint64: 8, bool: 1 });
const dtype = fc.constantFrom(...(Object.keys(sizes) as DataType[]));

const strings: fc.Arbitrary<Initializer> = fc.array(bytes, { maxLength: 3 }).map((values) => ({
  dtype: "string",
  shape: [values.length],
  data: { kind: "inline", bytes: encodeStrings(values) },
}));

const numbers: fc.Arbitrary<Initializer> = fc
  .tuple(dtype, fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }))
  .chain(([type, shape]) => {
    const length = sizes[type]! * shape.reduce((a, b) => a * b, 1);
    return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => ({
      dtype: type,
      shape,
      data: { kind: "inline" as const, bytes },
    }));
  });

const initializer = fc.oneof(numbers, strings);

const attribute: fc.Arbitrary<Attribute> = fc.oneof(
  fc.record({ type: fc.constant("int" as const), value: integer }),
  fc.record({ type: fc.constant("float" as const), value: float32 }),
  fc.record({ type: fc.constant("string" as const), value: text }),
  fc.record({ type: fc.constant("ints" as const), value: fc.array(integer) }),
  fc.record({ type: fc.constant("floats" as const), value: fc.array(float32) }),
  fc.record({ type: fc.constant("strings" as const), value: fc.array(text) }),
  fc.record({ type: fc.constant("tensor" as const), value: initializer }),
  fc.record({ type: fc.constant("bytes" as const), value: notText }),
  fc.record({
    type: fc.constant("byteStrings" as const),
    value: fc.tuple(notText, bytes).map((pair) => [...pair]),
  }),
  fc.record({ type: fc.constant("type" as const), value: fc.constant(SEQUENCE_TYPE) }),
);

const knownType = fc.oneof(
  fc.record({ dtype, shape: fc.array(fc.oneof(fc.nat(9), name)) }, { requiredKeys: ["dtype"] }),
  fc.constant({ dtype: "unknown" as const, encoded: SEQUENCE_TYPE }),
);
const valueType = fc.oneof(knownType, fc.constant({ dtype: "unknown" as const }));

/** Models that hold anything the format can hold; they need not be computable. */
const model: fc.Arbitrary<Model> = fc
  .record({
    attributes: fc.dictionary(name, attribute, { noNullPrototype: true }),
    inner: fc.dictionary(name, attribute, { noNullPrototype: true }),
    initializers: fc.array(initializer, { maxLength: 4 }),
    input: valueType,
    output: valueType,
    between: knownType,
    metadata: fc.dictionary(name, text, { noNullPrototype: true }),
    names: fc.tuple(text, text),
  })
  .map((g) => {
    const node = (id: string, inputs: string[], attributes: Node["attributes"]): Node => ({
      name: g.names[0],
      op: "Relu",
      domain: "",
      inputs,
      outputs: [id],
      attributes,
    });
    const subgraph = {
      name: "inner",
      inputs: [],
      outputs: [{ name: "within", ...g.output }],
      nodes: [node("within", ["between"], g.inner)],
      initializers: new Map(),
      values: new Map(),
    };
    return {
      graph: {
        name: g.names[1],
        inputs: [{ name: "in", ...g.input }],
        outputs: [{ name: "out", ...g.output }],
        nodes: [
          node("between", ["in", "", "w0"].slice(0, g.initializers.length > 0 ? 3 : 1), g.attributes),
          node("out", ["between"], { body: { type: "graph", value: subgraph } }),
        ],
        initializers: new Map(g.initializers.map((value, i) => [`w${i}`, value])),
        values: new Map([["between", g.between]]),
      },
      opsets: { "": 21, "com.microsoft": 1 },
      metadata: g.metadata,
    };
  });

describe("writeOnnx and readOnnx", () => {
  it("round-trip any model", async () => {
    await fc.assert(
      fc.asyncProperty(model, async (written) => {
        expect(await readOnnx(writeOnnx(written))).toEqual(written);
      }),
      { numRuns: 300 },
    );
  });

  it("point into external files, at any offset, and keep further entries", async () => {
    const file = new Uint8Array(64);
    const values = Float32Array.of(1, -2, 3, 4.5);
    file.set(new Uint8Array(values.buffer), 7);
    const b = new GraphBuilder({ name: "external", opsets: { "": 21 } });
    const source = memorySource(file, "weights.bin");
    const data = { kind: "external", source, offset: 7, length: 16, entries: { prepacked: "x" } } as const;
    const w = b.initializer("w", { dtype: "float32", shape: [2, 2], data });
    b.output("y", b.op("MatMul", [b.input("x", "float32", [2, 2]), w]));
    const written = b.build();

    const opened: string[] = [];
    const located = writeOnnx(written, { locate: ({ name: own }) => `shards/${own}` });
    const read = await readOnnx(located, {
      open: async (location) => {
        opened.push(location);
        return memorySource(file, location);
      },
    });
    expect(opened).toEqual(["shards/weights.bin"]);
    const back = read.graph.initializers.get("w")!;
    expect(back).toMatchObject({ dtype: "float32", shape: [2, 2], data: { offset: 7, length: 16 } });
    expect(back.data).toMatchObject({ entries: { prepacked: "x" }, source: { name: "shards/weights.bin" } });

    const feeds = { x: { dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 0, 0, 1) } };
    const plain = { ...data, entries: {} };
    const runnable = new Map([["w", { dtype: "float32" as const, shape: [2, 2], data: plain }]]);
    const { y } = await runModel({ ...written, graph: { ...written.graph, initializers: runnable } }, feeds);
    expect(y!.data).toEqual(values);
  });

  it("are all of their file where the model tells no length, as PyTorch writes large models", async () => {
    const bytes = Uint8Array.from(readFileSync(fixture("onnx/external-without-length.onnx")));
    const open = async (name: string) => memorySource(new Uint8Array(8), name);
    const { graph } = await readOnnx(bytes, { open });
    expect(graph.initializers.get("weight")).toMatchObject({
      shape: [2],
      data: { source: { name: "weight" }, offset: 0, length: 8 },
    });
  });

  it("opens each external file once", async () => {
    const source = memorySource(new Uint8Array(8), "one.bin");
    const weights = (offset: number): Initializer => ({
      dtype: "float32",
      shape: [1],
      data: { kind: "external", source, offset, length: 4 },
    });
    const b = new GraphBuilder({ name: "external", opsets: { "": 21 } });
    b.output("y", b.op("Add", [b.initializer("a", weights(0)), b.initializer("b", weights(4))]));
    let count = 0;
    await readOnnx(writeOnnx(b.build()), {
      open: async () => {
        count++;
        return source;
      },
    });
    expect(count).toBe(1);
  });

  it("point into external files from attributes, in subgraphs too", async () => {
    const source = memorySource(new Uint8Array(8), "one.bin");
    const data = { kind: "external", source, offset: 4, length: 4 } as const;
    const b = new GraphBuilder({ name: "external", opsets: { "": 21 } });
    const value = tensorAttribute({ dtype: "float32", shape: [1], data });
    b.output("y", b.op("Constant", [], { value }));
    const { graph, ...rest } = b.build();
    const branch = { type: "graph", value: graph } as const;
    const nodes = graph.nodes.map((node) => ({ ...node, attributes: { ...node.attributes, branch } }));
    const written = writeOnnx({ ...rest, graph: { ...graph, nodes } });
    const read = await readOnnx(written, { open: async () => source });
    const [constant] = read.graph.nodes;
    const inner = constant!.attributes.branch as typeof branch;
    for (const { value: found } of [constant!.attributes, inner.value.nodes[0]!.attributes])
      expect(found).toMatchObject({ value: { data: { source: { size: 8 }, offset: 4, length: 4 } } });
  });

  it("reject negative sizes, also where their product fits", async () => {
    const b = new GraphBuilder({ name: "bad", opsets: { "": 21 } });
    b.output("y", b.op("Relu", [b.initializer("w", float32Data([1, 2], [1, 2]))]));
    const { graph, ...model } = b.build();
    const initializers = new Map([["w", float32Data([1, 2], [-1, -2])]]);
    expect(() => checkModel({ ...model, graph: { ...graph, initializers } })).toThrow(
      expect.objectContaining({
        code: "ONNX_INITIALIZER_SIZE",
        message: expect.stringContaining("[-1, -2]"),
      }),
    );
  });

  it("reject an initializer of the wrong size when writing", () => {
    const b = new GraphBuilder({ name: "bad", opsets: { "": 21 } });
    b.output("y", b.op("Relu", [b.initializer("w", float32Data([1, 2, 3], [4]))]));
    expect(() => writeOnnx(b.build())).toThrow(
      expect.objectContaining({
        code: "ONNX_INITIALIZER_SIZE",
        message: expect.stringContaining("needs 16 bytes, has 12"),
      }),
    );
  });
});

describe("readOnnx", () => {
  const valid = () => {
    const b = new GraphBuilder({ name: "valid", opsets: { "": 21 }, metadata: { key: "value" } });
    const w = b.initializer("w", float32Data([1, 2, 3, 4], [2, 2]));
    b.output("y", b.op("MatMul", [b.input("x", "float32", [2, 2]), w]));
    return writeOnnx(b.build());
  };

  it("answers any cut and any changed byte with a typed error or a checked model", async () => {
    const bytes = valid();
    const outcome = async (broken: Uint8Array) => {
      try {
        checkModel(await readOnnx(broken));
        return "read";
      } catch (error) {
        return (error as { code?: string }).code ?? `untyped: ${String(error)}`;
      }
    };
    const typed = /^(read|(ONNX|GRAPH)_[A-Z_]+)$/;
    for (let length = 0; length < bytes.length; length++) {
      expect(await outcome(bytes.slice(0, length))).toMatch(typed);
    }
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (at, value) => {
        const broken = bytes.slice();
        broken[at] = value;
        expect(await outcome(broken)).toMatch(typed);
      }),
      { numRuns: 2000 },
    );
  });

  it("rejects a graph without operator sets", async () => {
    for (const emptyGraph of [
      [58, 0],
      [56, 0],
    ])
      await expect(readOnnx(Uint8Array.from(emptyGraph))).rejects.toMatchObject({ code: "ONNX_NOT_A_MODEL" });
  });

  it("rejects random bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await expect(readOnnx(bytes)).rejects.toThrow(
          expect.objectContaining({ code: expect.stringMatching(/^(ONNX|GRAPH)_/) }),
        );
      }),
      { numRuns: 1000 },
    );
  });
});
