// Forms that common exporters write (PyTorch's ONNX exporters, optimum), built here operator by operator.
import {
  float,
  type GraphBuilder,
  inlineNumbers,
  int,
  ints,
  type Pass,
  type Value,
} from "@sunstep/onnx-graph";
import { describe, expect, it } from "vitest";
import { raiseAttention } from "../../src/raise/attention.js";
import { raiseGelu } from "../../src/raise/gelu.js";
import { raiseGroupNorm } from "../../src/raise/group-norm.js";
import { removeNeutral } from "../../src/raise/neutral.js";
import { raiseToOpset23 } from "../../src/raise/to-opset-23.js";
import { build, expectEquivalent, operators, weight } from "../equivalence.js";

type Emit = (graph: GraphBuilder) => Value;

const [batch, tokens, keys, heads, headSize] = [2, 6, 9, 4, 8];
const channels = heads * headSize;

const attention =
  (scaled: "query" | "both" | "product" | "quotient", maskShape?: readonly [number, number]): Emit =>
  (graph) => {
    const split = (x: Value, permutation: number[]) => {
      const perHead = graph.op("Reshape", [x, graph.ints([0, -1, heads, headSize])]);
      return graph.op("Transpose", [perHead], { perm: ints(permutation) });
    };
    const times = (x: Value, factor: number) => graph.op("Mul", [x, graph.scalar(factor)]);
    const context = maskShape ? tokens : keys;
    const query = split(graph.input("query", "float32", [batch, tokens, channels]), [0, 2, 1, 3]);
    const key = split(graph.input("key", "float32", [batch, context, channels]), [0, 2, 3, 1]);
    const value = split(graph.input("value", "float32", [batch, context, channels]), [0, 2, 1, 3]);
    const root = headSize ** -0.25;
    const factors = { query: [root * root, 1], both: [root, root], product: [1, 1], quotient: [1, 1] }[
      scaled
    ] as [number, number];
    let scores = graph.op("MatMul", [times(query, factors[0]), times(key, factors[1])]);
    if (scaled === "product") scores = times(scores, root * root);
    if (scaled === "quotient") scores = graph.op("Div", [scores, graph.scalar(Math.sqrt(headSize))]);
    if (maskShape) {
      const [copies, queries] = maskShape;
      const mask = Array.from({ length: copies * queries * tokens }, (_, i) =>
        i % tokens > Math.floor(i / tokens) % queries ? -3.4028234663852886e38 : 0,
      );
      scores = graph.op("Add", [scores, graph.floats(mask, [copies, 1, queries, tokens])]);
    }
    const mixed = graph.op("MatMul", [graph.op("Softmax", [scores], { axis: int(-1) }), value]);
    const joined = graph.op("Transpose", [mixed], { perm: ints([0, 2, 1, 3]) });
    return graph.op("Reshape", [joined, graph.ints([0, -1, channels])]);
  };

const gelu =
  (half: "gate" | "x" | "product", divided: boolean): Emit =>
  (graph) => {
    const x = graph.input("x", "float32", [3, 40]);
    const [one, fraction] = [graph.scalar(1), graph.scalar(0.5)];
    const scaled = divided
      ? graph.op("Div", [x, graph.scalar(Math.SQRT2)])
      : graph.op("Mul", [x, graph.scalar(Math.SQRT1_2)]);
    const gate = graph.op("Add", [graph.op("Erf", [scaled]), one]);
    if (half === "gate") return graph.op("Mul", [x, graph.op("Mul", [gate, fraction])]);
    if (half === "x") return graph.op("Mul", [graph.op("Mul", [x, fraction]), gate]);
    return graph.op("Mul", [graph.op("Mul", [x, gate]), fraction]);
  };

const groupNormalization: Emit = (graph) => {
  const x = graph.input("x", "float32", [2, 6, 4, 5]);
  const [ones, zeros] = [graph.floats([1, 1, 1]), graph.floats([0, 0, 0])];
  const grouped = graph.op("Reshape", [x, graph.ints([0, 3, -1])]);
  const normalized = graph.op("InstanceNormalization", [grouped, ones, zeros], { epsilon: float(1e-5) });
  const back = graph.op("Reshape", [normalized, graph.ints([2, 6, 4, 5])]);
  return graph.op("Add", [graph.op("Mul", [back, weight(graph, [6, 1, 1])]), weight(graph, [1, 6, 1, 1])]);
};

const forms: readonly (readonly [string, Emit, Pass, string])[] = [
  ["attention, query scaled", attention("query"), raiseAttention, "Attention"],
  ["attention, query and key scaled", attention("both"), raiseAttention, "Attention"],
  ["attention, scores scaled", attention("product"), raiseAttention, "Attention"],
  ["attention, scores divided", attention("quotient"), raiseAttention, "Attention"],
  ["attention, causal mask", attention("quotient", [1, tokens]), raiseAttention, "Attention"],
  ["attention, a mask for each sample", attention("quotient", [batch, tokens]), raiseAttention, "Attention"],
  ["GELU, half of the gate", gelu("gate", true), raiseGelu, "Gelu"],
  ["GELU, half of x", gelu("x", true), raiseGelu, "Gelu"],
  ["GELU, half of the product", gelu("product", true), raiseGelu, "Gelu"],
  ["GELU, half of the gate, by a product", gelu("gate", false), raiseGelu, "Gelu"],
  ["group normalization", groupNormalization, raiseGroupNorm, "GroupNormalization"],
];

describe.each([14, 17])("operator set %i", (opset) => {
  it.each(forms)("raises %s", async (_, emit, pass, operator) => {
    const raised = await expectEquivalent(build(emit, opset), [raiseToOpset23, pass, removeNeutral], {
      rtol: 1e-4,
      atol: 1e-5,
    });
    const { Reshape: _reshape, ...others } = operators(raised);
    expect(others).toEqual({ [operator]: 1 });
  });
});

it("leaves a softmax over another axis, and a mask that is not causal, as they are", () => {
  const other = build((graph) => {
    const [a, b] = [graph.input("a", "float32", [1, 4, 6, 8]), graph.input("b", "float32", [1, 4, 8, 6])];
    const scores = graph.op("Softmax", [graph.op("MatMul", [a, b])], { axis: int(2) });
    const mixed = graph.op("Transpose", [graph.op("MatMul", [scores, a])], { perm: ints([0, 2, 1, 3]) });
    return graph.op("Reshape", [mixed, graph.ints([1, 6, 32])]);
  });
  expect(raiseAttention.run(other).modified).toBe(false);
  // The first row of a causal mask, for every query: all attend to the first key.
  expect(raiseAttention.run(build(attention("quotient", [1, 1]))).modified).toBe(false);
});

it("rejects models whose operators had another meaning", () => {
  const softmax = build((graph) => graph.op("Softmax", [graph.input("x", "float32", [2, 3, 4])]), 12);
  const grouped = build((graph) => {
    const inputs = [graph.input("x", "float32", [2, 4, 4]), graph.floats([1, 1]), graph.floats([0, 0])];
    return graph.op("GroupNormalization", inputs, { num_groups: int(2) });
  }, 18);
  for (const [model, op] of [
    [softmax, undefined],
    [grouped, "GroupNormalization"],
  ] as const) {
    expect(() => raiseToOpset23.run(model)).toThrow(
      expect.objectContaining({
        code: "PASS_UNSUPPORTED",
        message: expect.stringContaining(op ?? "the model"),
      }),
    );
  }
});

it("gives nodes without names axes of their own", () => {
  const model = build((graph) => {
    const x = graph.input("x", "float32", [2, 3, 4]);
    const along = (axis: number) => graph.op("ReduceMax", [x], { axes: ints([axis]), keepdims: int(1) });
    return graph.op("Add", [along(1), along(2)]);
  }, 17);
  const nodes = model.graph.nodes.map((node) => ({ ...node, name: "" }));
  const { graph } = raiseToOpset23.run({ ...model, graph: { ...model.graph, nodes } }).model;
  const axes = graph.nodes
    .slice(0, 2)
    .map(({ inputs }) => inlineNumbers(graph.initializers.get(inputs[1]!)!));
  expect(axes).toEqual([[1], [2]]);
});

it("leaves MultiHeadAttention that is causal over more keys than queries as it is", () => {
  const contrib = (keys: number) => {
    const model = build((graph) => {
      const query = graph.input("query", "float32", [1, 4, 8]);
      const others = ["key", "value"].map((name) => graph.input(name, "float32", [1, keys, 8]));
      const attributes = { num_heads: int(2), unidirectional: int(1) };
      return graph.op("MultiHeadAttention", [query, ...others], attributes, { domain: "com.microsoft" });
    });
    return { ...model, opsets: { ...model.opsets, "com.microsoft": 1 } };
  };
  expect(raiseAttention.run(contrib(4)).modified).toBe(true);
  // ONNX Runtime aligns the last query with the last key there, Attention the first ones.
  expect(raiseAttention.run(contrib(6)).modified).toBe(false);
});

it("leaves attention of unknown shapes as it is", () => {
  const model = build(attention("quotient"));
  const shapeless = { ...model, graph: { ...model.graph, values: new Map() } };
  expect(raiseAttention.run(shapeless).modified).toBe(false);
});
