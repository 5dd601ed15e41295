// Forms of whole graphs: of open sizes, in float16, with the operators that ONNX Runtime's optimizer fuses.
import {
  type DataType,
  fixShapes,
  float,
  float32Data,
  GraphBuilder,
  int,
  ints,
  type Model,
  string,
  type Value,
} from "@sunstep/onnx-graph";
import { describe, expect, it } from "vitest";
import { raise, raiseAt } from "../../src/index.js";
import { build, evaluate, expectEquivalent, feedsOf, operators, weight } from "../equivalence.js";
import { float16Bits } from "./half.js";

const tolerance = { rtol: 1e-4, atol: 1e-5 };
const contrib = { domain: "com.microsoft" };

/** A graph of operator set 17 with ONNX Runtime's own operators. */
function buildFused(emit: (graph: GraphBuilder) => Value): Model {
  const graph = new GraphBuilder({ name: "test", opsets: { "": 17, "com.microsoft": 1 } });
  graph.output("y", emit(graph));
  return graph.build();
}

const rows = (graph: GraphBuilder, name = "x") => graph.input(name, "float32", [2, 6, 32]);
const vector = (graph: GraphBuilder, size = 32) => weight(graph, [size]);

const fused: readonly (readonly [
  string,
  (graph: GraphBuilder) => Value,
  Readonly<Record<string, number>>,
])[] = [
  [
    "SkipLayerNormalization",
    (graph) => {
      const inputs = [rows(graph), rows(graph, "skip"), vector(graph), vector(graph), vector(graph)];
      const [norm, , , sum] = graph.ops(
        "SkipLayerNormalization",
        inputs,
        4,
        { epsilon: float(1e-5) },
        contrib,
      );
      return graph.op("Add", [norm, sum]);
    },
    { Add: 3, LayerNormalization: 1 },
  ],
  [
    "BiasGelu",
    (graph) => graph.op("BiasGelu", [rows(graph), vector(graph)], {}, contrib),
    { Add: 1, Gelu: 1 },
  ],
  [
    "FusedMatMul",
    (graph) => {
      const inputs = [rows(graph), graph.input("b", "float32", [2, 5, 32])];
      return graph.op("FusedMatMul", inputs, { transB: int(1), alpha: float(0.5) }, contrib);
    },
    { Transpose: 1, MatMul: 1, Mul: 1 },
  ],
  [
    "FusedConv",
    (graph) => {
      const x = graph.input("x", "float32", [1, 4, 6, 5]);
      const skip = graph.input("skip", "float32", [1, 8, 6, 5]);
      const inputs = [x, weight(graph, [8, 4, 3, 3]), vector(graph, 8), skip];
      return graph.op("FusedConv", inputs, { pads: ints([1, 1, 1, 1]), activation: string("Relu") }, contrib);
    },
    { Conv: 1, Add: 1, Relu: 1 },
  ],
  [
    "MultiHeadAttention with a bias",
    (graph) => {
      const inputs = [rows(graph), rows(graph, "k"), rows(graph, "v"), vector(graph, 96)];
      return graph.op("MultiHeadAttention", inputs, { num_heads: int(4) }, contrib);
    },
    { Split: 1, Add: 3, Attention: 1 },
  ],
  [
    "Attention that projects by itself",
    (graph) => {
      const inputs = [rows(graph), weight(graph, [32, 96], 0.2), vector(graph, 96)];
      return graph.op("Attention", inputs, { num_heads: int(4) }, contrib);
    },
    { Split: 2, MatMul: 3, Add: 3, Attention: 1 },
  ],
];

describe("ONNX Runtime's fused operators", () => {
  it.each(fused)("raises %s", async (_, emit, expected) => {
    const raised = await expectEquivalent(buildFused(emit), raise, tolerance);
    expect(operators(raised)).toEqual(expected);
    expect(raised.opsets).toEqual({ "": 23 });
  });

  // ONNX Runtime's CPU provider lacks these operators, so the expected values are their definitions (docs/ContribOperators.md).
  it.each([
    [
      "GroupNorm of channels last, with SiLU",
      (graph: GraphBuilder) => {
        const x = graph.input("x", "float32", [2, 4, 5, 6]);
        const attributes = { groups: int(3), activation: int(1), epsilon: float(1e-5) };
        return graph.op("GroupNorm", [x, vector(graph, 6), vector(graph, 6)], attributes, contrib);
      },
      (graph: GraphBuilder) => {
        const x = graph.input("x", "float32", [2, 4, 5, 6]);
        const first = graph.op("Transpose", [x], { perm: ints([0, 3, 1, 2]) });
        const attributes = { num_groups: int(3), epsilon: float(1e-5) };
        const norm = graph.op("GroupNormalization", [first, vector(graph, 6), vector(graph, 6)], attributes);
        const active = graph.op("Mul", [norm, graph.op("Sigmoid", [norm])]);
        return graph.op("Transpose", [active], { perm: ints([0, 2, 3, 1]) });
      },
    ],
    [
      "BiasSplitGelu",
      (graph: GraphBuilder) => graph.op("BiasSplitGelu", [rows(graph), vector(graph)], {}, contrib),
      (graph: GraphBuilder) => {
        const sum = graph.op("Add", [rows(graph), vector(graph)]);
        const parts = graph.ops("Split", [sum, graph.ints([16, 16])], 2, { axis: int(-1) });
        return graph.op("Mul", [parts[0], graph.op("Gelu", [parts[1]])]);
      },
    ],
    [
      "packed keys and values",
      (graph: GraphBuilder) => {
        const packed = graph.op("Reshape", [
          graph.op("MatMul", [rows(graph, "context"), weight(graph, [32, 64], 0.2)]),
          graph.ints([2, 6, 4, 2, 8]),
        ]);
        return graph.op("MultiHeadAttention", [rows(graph), packed], { num_heads: int(4) }, contrib);
      },
      (graph: GraphBuilder) => {
        const context = rows(graph, "context");
        const grouped = graph.op("Reshape", [weight(graph, [32, 64], 0.2), graph.ints([32, 4, 2, 8])]);
        const project = (part: number) => {
          const slice = graph.op("Slice", [
            grouped,
            graph.ints([part]),
            graph.ints([part + 1]),
            graph.ints([2]),
          ]);
          return graph.op("MatMul", [context, graph.op("Reshape", [slice, graph.ints([32, 32])])]);
        };
        const [key, value] = [project(0), project(1)];
        return graph.op("Attention", [rows(graph), key, value], {
          q_num_heads: int(4),
          kv_num_heads: int(4),
        });
      },
    ],
  ] as const)("raises %s as it is defined", async (_, emit, define) => {
    const given = buildFused(emit);
    const { model } = runAll(given, raise);
    expect(Object.keys(model.opsets)).toEqual([""]);
    const defined = build(define);
    const feeds = feedsOf(defined);
    const [actual, expected] = [await evaluate(model, feeds), await evaluate(defined, feeds)];
    expect(actual.y!.data as Float32Array).toBeAllclose(expected.y!.data as Float32Array, tolerance);
  });
});

function runAll(model: Model, passes: typeof raise): { model: Model } {
  return { model: passes.reduce((current, pass) => pass.run(current).model, model) };
}

/** Attention of heads that are joined with the batch, as diffusers' AttnProcessor computes it. */
function joinedHeads(graph: GraphBuilder): Value {
  const [batch, tokens, keys, heads, size] = [2, 6, 9, 4, 8];
  const split = (name: string, length: number) => {
    const x = graph.input(name, "float32", [batch, length, heads * size]);
    const perHead = graph.op("Reshape", [x, graph.ints([batch, length, heads, size])]);
    const moved = graph.op("Transpose", [perHead], { perm: ints([0, 2, 1, 3]) });
    return graph.op("Reshape", [moved, graph.ints([batch * heads, length, size])]);
  };
  const key = graph.op("Transpose", [split("key", keys)], { perm: ints([0, 2, 1]) });
  const product = graph.op("MatMul", [split("query", tokens), key]);
  const scaled = graph.op("Mul", [product, graph.scalar(size ** -0.5)]);
  const zeros = graph.op("ConstantOfShape", [graph.ints([batch * heads, tokens, keys])]);
  const scores = graph.op("Add", [scaled, graph.op("Mul", [zeros, graph.scalar(0)])]);
  const mixed = graph.op("MatMul", [graph.op("Softmax", [scores], { axis: int(-1) }), split("value", keys)]);
  const perHead = graph.op("Reshape", [mixed, graph.ints([batch, heads, tokens, size])]);
  const joined = graph.op("Transpose", [perHead], { perm: ints([0, 2, 1, 3]) });
  return graph.op("Reshape", [joined, graph.ints([batch, tokens, heads * size])]);
}

/** Layer normalization before operator set 17. */
function writtenOutNorm(graph: GraphBuilder): Value {
  const x = rows(graph);
  const mean = (value: Value) => graph.op("ReduceMean", [value], { axes: ints([-1]), keepdims: int(1) });
  const centred = graph.op("Sub", [x, mean(x)]);
  const variance = mean(graph.op("Pow", [centred, graph.scalar(2)]));
  const deviation = graph.op("Sqrt", [graph.op("Add", [variance, graph.scalar(1e-5)])]);
  const scaled = graph.op("Mul", [graph.op("Div", [centred, deviation]), vector(graph)]);
  return graph.op("Add", [scaled, vector(graph)]);
}

/** The values and gates of GEGLU as two Slices; the padding of the VAE's downsampling before its convolution. */
function slices(graph: GraphBuilder): Value {
  const x = rows(graph);
  const part = (start: number, end: number) =>
    graph.op("Slice", [x, graph.ints([start]), graph.ints([end]), graph.ints([2])]);
  return graph.op("Mul", [part(0, 16), graph.op("Sigmoid", [part(16, 32)])]);
}

function paddedConv(graph: GraphBuilder): Value {
  const x = graph.input("x", "float32", [1, 4, 6, 8]);
  const padded = graph.op("Pad", [x, graph.ints([0, 0, 0, 0, 0, 0, 1, 1])], { mode: string("constant") });
  return graph.op("Conv", [padded, weight(graph, [4, 4, 3, 3])], { strides: ints([2, 2]) });
}

function imageToTokensAndBack(graph: GraphBuilder): Value {
  const x = graph.input("x", "float32", [2, 6, 4, 5]);
  const moved = graph.op("Transpose", [x], { perm: ints([0, 2, 3, 1]) });
  const tokens = graph.op("Softmax", [graph.op("Reshape", [moved, graph.ints([2, 20, 6])])]);
  const image = graph.op("Reshape", [tokens, graph.ints([2, 4, 5, 6])]);
  return graph.op("Transpose", [image], { perm: ints([0, 3, 1, 2]) });
}

describe("PyTorch's exporters", () => {
  it.each([
    ["attention of joined heads", joinedHeads, { Attention: 1 }],
    ["layer normalization that is written out", writtenOutNorm, { LayerNormalization: 1 }],
    ["Slices that cut a value up", slices, { Split: 1, Sigmoid: 1, Mul: 1 }],
    ["padding before a convolution", paddedConv, { Conv: 1 }],
    ["images to tokens and back", imageToTokensAndBack, { Reshape: 2, Transpose: 2, Softmax: 1 }],
  ] as const)("raises %s", async (_, emit, expected) => {
    expect(operators(await expectEquivalent(build(emit, 17), raise, tolerance))).toEqual(expected);
  });

  it("keeps the order of axes of an image as [batch, channels, height * width] and back", async () => {
    const raised = await expectEquivalent(build(imageToTokensAndBack, 17), raise, tolerance);
    const permutations = raised.graph.nodes.flatMap(({ attributes: { perm } }) => (perm ? [perm.value] : []));
    expect(permutations).toEqual([
      [0, 2, 1],
      [0, 2, 1],
    ]);
  });
});

it("computes a float16 graph of open sizes in float32, over the weights as they are stored", async () => {
  const half = (dtype: DataType) => (dtype === "float32" ? "float16" : dtype);
  const graph = new GraphBuilder({ name: "half", opsets: { "": 17 } });
  const x = graph.input("x", "float32", [2, 3, 32]);
  const matrix = weight(graph, [32, 24], 0.2);
  const product = graph.op("MatMul", [x, matrix]);
  const sizes = graph.op(
    "Concat",
    [graph.op("Gather", [graph.op("Shape", [product]), graph.ints([0])]), graph.ints([-1])],
    { axis: int(0) },
    { types: [{ dtype: "int64", shape: [2] }] },
  );
  const flat = graph.op("Reshape", [product, sizes], {}, { types: [{ dtype: "float32", shape: [2, 72] }] });
  graph.output("y", graph.op("Mul", [flat, graph.scalar(0.5)]));
  const float = graph.build();
  const expected = await evaluate(float);

  const model: Model = {
    ...float,
    graph: {
      ...float.graph,
      inputs: [{ name: "x", dtype: "float16", shape: ["batch", 3, 32] }],
      outputs: float.graph.outputs.map((output) => ({ ...output, dtype: half(output.dtype as DataType) })),
      initializers: new Map(
        [...float.graph.initializers].map(([name, initializer]) => [
          name,
          initializer.dtype === "float32" ? float16Bits(initializer) : initializer,
        ]),
      ),
      values: new Map(),
    },
  };
  const raised = runAll(model, raiseAt({ x: [2, 3, 32] })).model;
  expect(operators(raised)).toEqual({ Cast: 1, MatMul: 1, Reshape: 1, Mul: 1 });
  expect(raised.graph.initializers.get(matrix.name)!.dtype).toBe("float16");
  expect(raised.graph.inputs[0]).toEqual({ name: "x", dtype: "float32", shape: [2, 3, 32] });
  const actual = await evaluate(raised, feedsOf(float));
  // Weights are rounded to float16: 2^-11 of each of 32 products.
  expect(actual.y!.data as Float32Array).toBeAllclose(expected.y!.data as Float32Array, {
    rtol: 2e-3,
    atol: 2e-3,
  });
});

it("says which node of a graph cannot be read at the given sizes", () => {
  const model = build((graph) => {
    const x = graph.input("x", "float32", [2, 3]);
    return graph.op("MatMul", [x, graph.initializer("w", float32Data(new Array(12).fill(1), [3, 4]))]);
  });
  const open = {
    ...model,
    graph: { ...model.graph, inputs: [{ name: "x", dtype: "float32" as const, shape: ["n", "c"] }] },
  };
  expect(() => fixShapes({ x: [2, 5] }).run(open)).toThrow(
    expect.objectContaining({ code: "GRAPH_SHAPE", message: expect.stringContaining("node MatMul") }),
  );
});
