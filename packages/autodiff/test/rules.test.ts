// Every rule against central differences that ONNX Runtime computes.

import {
  boolData,
  float,
  float32Data,
  GraphBuilder,
  int,
  int64Data,
  ints,
  string,
} from "@sunstep/onnx-graph";
import { tensor } from "@sunstep/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { gradientRules } from "../src/gradient-rules.js";
import { gradients } from "../src/index.js";
import {
  type Differentiable,
  expectFiniteDifferences,
  numbers,
  stopRuntime,
  withSession,
} from "./finite-differences.js";

afterAll(stopRuntime);

const unary = (op: string, values?: Differentiable["values"]): Differentiable => ({
  inputs: [[3, 4]],
  emit: (graph, x) => graph.op(op, [x]),
  ...(values && { values }),
});

const binary = (op: string, a: readonly number[], b: readonly number[], values?: Differentiable["values"]) =>
  ({
    inputs: [a, b],
    emit: (graph, x, y) => graph.op(op, [x, y]),
    ...(values && { values }),
  }) satisfies Differentiable;

const reduction = (
  op: string,
  shape: readonly number[],
  axes: readonly number[] | undefined,
  keepdims: number,
) =>
  ({
    inputs: [shape],
    emit: (graph, x) => graph.op(op, axes ? [x, graph.ints(axes)] : [x], { keepdims: int(keepdims) }),
  }) satisfies Differentiable;

const convolution = (
  x: readonly number[],
  w: readonly number[],
  attributes: { strides?: number[]; pads?: number[]; dilations?: number[]; auto_pad?: string } = {},
): Differentiable => ({
  inputs: [x, w, [w[0]!]],
  emit: (graph, ...inputs) =>
    graph.op(
      "Conv",
      inputs,
      Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [
          name,
          typeof value === "string" ? string(value) : ints(value),
        ]),
      ),
    ),
});

const attention = (
  q: readonly number[],
  k: readonly number[],
  v: readonly number[],
  attributes: Parameters<Parameters<Differentiable["emit"]>[0]["op"]>[2] = {},
): Differentiable => ({
  inputs: [q, k, v],
  emit: (graph, ...inputs) => graph.op("Attention", inputs, attributes),
});

const resize = (
  from: readonly number[],
  to: readonly number[],
  mode: string,
  rounding: string,
): Differentiable => ({
  inputs: [from],
  emit: (graph, x) =>
    graph.op("Resize", [x, undefined, undefined, graph.ints(to)], {
      mode: string("nearest"),
      coordinate_transformation_mode: string(mode),
      nearest_mode: string(rounding),
    }),
});

const slice = (
  shape: readonly number[],
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[],
  steps: readonly number[],
): Differentiable => ({
  inputs: [shape],
  emit: (graph, x) => graph.op("Slice", [x, ...[starts, ends, axes, steps].map((list) => graph.ints(list))]),
});

/** Keeps away from 0, where the operator has a kink or a pole. */
const awayFromZero = (random: number) => Math.sign(random) * (0.3 + Math.abs(random));
const farFromZero = (random: number) => Math.sign(random) * (1 + Math.abs(random));
const positive = (random: number) => 0.7 + Math.abs(random);

const heads = { q_num_heads: int(2), kv_num_heads: int(2) };

const cases: Readonly<Record<string, Readonly<Record<string, Differentiable>>>> = {
  Abs: { "": unary("Abs", awayFromZero) },
  Add: {
    "of equal shapes": binary("Add", [2, 3], [2, 3]),
    "of broadcast shapes": binary("Add", [2, 1, 3], [4, 1]),
    "of a value and itself": { inputs: [[2, 3]], emit: (graph, x) => graph.op("Add", [x, x]) },
  },
  Attention: {
    "of tokens": attention([2, 5, 6], [2, 3, 6], [2, 3, 6], heads),
    "of other value sizes": attention([1, 3, 4], [1, 4, 4], [1, 4, 6], heads),
    "with a scale": attention([1, 3, 4], [1, 4, 4], [1, 4, 4], { ...heads, scale: float(0.3) }),
    "that is causal": attention([2, 4, 4], [2, 4, 4], [2, 4, 4], { ...heads, is_causal: int(1) }),
    "of heads": { ...attention([1, 2, 3, 4], [1, 2, 5, 4], [1, 2, 5, 3]), raw: true },
    "of heads with fewer key heads": {
      ...attention([1, 4, 3, 2], [1, 2, 3, 2], [1, 2, 3, 3]),
      raw: true,
    },
    "of heads with one key head": { ...attention([2, 3, 2, 2], [2, 1, 4, 2], [2, 1, 4, 1]), raw: true },
    "of tokens with fewer key heads": {
      ...attention([2, 3, 8], [2, 4, 4], [2, 4, 6], { q_num_heads: int(4), kv_num_heads: int(2) }),
      raw: true,
    },
    "with a mask that is learned": {
      raw: true,
      inputs: [
        [1, 3, 4],
        [1, 2, 4],
        [1, 2, 4],
        [3, 2],
      ],
      emit: (graph, ...inputs) => graph.op("Attention", inputs, heads),
    },
    "with a mask added": {
      raw: true,
      inputs: [
        [1, 3, 4],
        [1, 2, 4],
        [1, 2, 4],
      ],
      emit: (graph, ...inputs) => {
        const mask = graph.floats([0, 0.5, -1, 2, 0.1, 0.2], [1, 1, 3, 2]);
        return graph.op("Attention", [...inputs, mask], heads);
      },
    },
    "with a mask of booleans": {
      raw: true,
      inputs: [
        [1, 3, 4],
        [1, 2, 4],
        [1, 2, 4],
      ],
      emit: (graph, ...inputs) => {
        const mask = graph.initializer("mask", boolData([true, false, true, true, false, true], [3, 2]));
        return graph.op("Attention", [...inputs, mask], heads);
      },
    },
    "that is not differentiated by its keys": {
      inputs: [[2, 5, 6]],
      emit: (graph, q) => {
        const text = (name: string) => graph.initializer(name, float32Data(numbers(36, 3), [2, 3, 6]));
        return graph.op("Attention", [q, text("key"), text("value")], heads);
      },
    },
  },
  Cast: {
    "to double and back": {
      inputs: [[2, 3]],
      emit: (graph, x) => {
        const double = graph.op("Cast", [x], { to: int(11) });
        return graph.op("Cast", [graph.op("Mul", [double, double])], { to: int(1) });
      },
    },
  },
  Clip: {
    "on both sides": {
      inputs: [[3, 4]],
      emit: (graph, x) => graph.op("Clip", [x, graph.scalar(-0.503), graph.scalar(0.497)]),
    },
  },
  Concat: {
    "along an axis from the end": {
      inputs: [
        [2, 1, 3],
        [2, 2, 3],
        [2, 1, 3],
      ],
      emit: (graph, ...inputs) => graph.op("Concat", inputs, { axis: int(-2) }),
    },
  },
  Conv: {
    "3x3": convolution([2, 2, 4, 3], [3, 2, 3, 3], { pads: [1, 1, 1, 1] }),
    "3x3 without padding": convolution([1, 2, 4, 3], [2, 2, 3, 3]),
    "3x3 with stride 2": convolution([1, 2, 5, 4], [2, 2, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }),
    "3x3 padded on one side": convolution([1, 1, 4, 4], [2, 1, 3, 3], {
      strides: [2, 2],
      pads: [0, 0, 1, 1],
    }),
    "3x3 padded more than it needs": convolution([1, 1, 3, 3], [1, 1, 3, 3], { pads: [3, 3, 3, 3] }),
    "3x3 dilated": convolution([1, 2, 6, 5], [1, 2, 3, 3], { dilations: [2, 1], pads: [1, 0, 0, 1] }),
    "1x1": convolution([2, 3, 2, 3], [2, 3, 1, 1]),
    "of one dimension": convolution([1, 2, 6], [3, 2, 2], { pads: [1, 0] }),
    "with groups, by its input": {
      inputs: [[1, 4, 3, 3]],
      emit: (graph, x) => {
        const weight = graph.initializer("w", float32Data(numbers(36, 4), [4, 1, 3, 3]));
        return graph.op("Conv", [x, weight], { group: int(4), pads: ints([1, 1, 1, 1]) });
      },
    },
  },
  Cos: { "": unary("Cos") },
  Div: {
    "of equal shapes": binary("Div", [2, 3], [2, 3], farFromZero),
    "of broadcast shapes": binary("Div", [2, 1, 3], [4, 1], farFromZero),
  },
  Erf: { "": unary("Erf") },
  Exp: { "": unary("Exp") },
  Expand: {
    "with new axes": { inputs: [[3, 1]], emit: (graph, x) => graph.op("Expand", [x, graph.ints([2, 3, 4])]) },
  },
  Flatten: {
    "in the middle": { inputs: [[2, 3, 2]], emit: (graph, x) => graph.op("Flatten", [x], { axis: int(2) }) },
  },
  Gather: {
    "of rows, some twice": {
      inputs: [[4, 3]],
      emit: (graph, x) => graph.op("Gather", [x, graph.initializer("i", int64Data([2, 0, 2, -1], [2, 2]))]),
    },
    "along an axis": {
      inputs: [[2, 4, 2]],
      emit: (graph, x) => graph.op("Gather", [x, graph.ints([3, 1, 3])], { axis: int(1) }),
    },
    "of one row": {
      inputs: [[3, 2]],
      emit: (graph, x) => graph.op("Gather", [x, graph.initializer("i", int64Data([1], []))]),
    },
  },
  GatherND: {
    "of rows, some twice": {
      inputs: [[2, 3, 2]],
      emit: (graph, x) =>
        graph.op("GatherND", [x, graph.initializer("i", int64Data([1, 2, 0, 0, 1, -1], [3, 2]))]),
    },
  },
  Gelu: {
    "by its definition": unary("Gelu", (random) => random * 2),
    approximated: {
      inputs: [[3, 4]],
      emit: (graph, x) => graph.op("Gelu", [x], { approximate: string("tanh") }),
      values: (random) => random * 2,
    },
  },
  Gemm: Object.fromEntries(
    [0, 1, 2, 3].map((bits): [string, Differentiable] => {
      const [transA, transB] = [bits & 1, bits >> 1];
      const inputs = [transA ? [4, 2] : [2, 4], transB ? [3, 4] : [4, 3], [3]];
      const attributes = { transA: int(transA), transB: int(transB), alpha: float(0.7), beta: float(1.3) };
      return [
        `transA ${transA}, transB ${transB}`,
        { inputs, emit: (graph, ...operands) => graph.op("Gemm", operands, attributes) },
      ];
    }),
  ),
  Identity: { "": unary("Identity") },
  LayerNormalization: {
    "of the last axis": {
      inputs: [[2, 3, 5], [5], [5]],
      emit: (graph, ...inputs) => graph.op("LayerNormalization", inputs),
    },
    "without bias": {
      inputs: [[2, 5], [5]],
      emit: (graph, ...inputs) => graph.op("LayerNormalization", inputs, { axis: int(1) }),
    },
    "of several axes": {
      inputs: [
        [2, 3, 4],
        [3, 4],
        [3, 4],
      ],
      emit: (graph, ...inputs) => graph.op("LayerNormalization", inputs, { axis: int(1) }),
    },
    "of a batch with one scale for all": {
      inputs: [[2, 2], [1], [1]],
      emit: (graph, ...inputs) => graph.op("LayerNormalization", inputs),
    },
    "of several axes with one scale for all": {
      inputs: [[2, 3, 4], [1], [1, 1]],
      emit: (graph, ...inputs) => graph.op("LayerNormalization", inputs, { axis: int(1) }),
    },
    "with a scale and a bias without axes": {
      inputs: [[3, 4], [], []],
      emit: (graph, ...inputs) => graph.op("LayerNormalization", inputs),
    },
    "of all axes": {
      inputs: [[2, 3], [1], [3]],
      emit: (graph, ...inputs) => graph.op("LayerNormalization", inputs, { axis: int(0) }),
    },
    "with a bias of more axes than the scale": {
      inputs: [
        [2, 3, 4],
        [3, 1],
        [3, 4],
      ],
      emit: (graph, ...inputs) => graph.op("LayerNormalization", inputs, { axis: int(1) }),
    },
    "with a scale for each channel, the same along positions": {
      inputs: [
        [2, 3, 4],
        [3, 1],
        [3, 1],
      ],
      emit: (graph, ...inputs) => graph.op("LayerNormalization", inputs, { axis: int(1) }),
    },
  },
  Log: { "": unary("Log", positive) },
  MatMul: {
    "of matrices": binary("MatMul", [2, 3], [3, 4]),
    "of many and one": binary("MatMul", [2, 3, 2], [2, 4]),
    "of many and many": binary("MatMul", [2, 3, 2], [2, 2, 3]),
    "of broadcast many": binary("MatMul", [1, 2, 2, 3], [2, 1, 3, 2]),
    "of one and many": binary("MatMul", [2, 3], [2, 3, 2]),
  },
  Max: {
    "of two": binary("Max", [3, 4], [4]),
    "of three": {
      inputs: [[3, 2], [2], [3, 1]],
      emit: (graph, ...inputs) => graph.op("Max", inputs),
    },
  },
  Min: { "of two": binary("Min", [3, 4], [4]) },
  Mul: {
    "of equal shapes": binary("Mul", [2, 3], [2, 3]),
    "of broadcast shapes": binary("Mul", [2, 1, 3], [4, 1]),
    "of a value and itself": { inputs: [[2, 3]], emit: (graph, x) => graph.op("Mul", [x, x]) },
    "of a value and its sigmoid": {
      inputs: [[2, 3]],
      emit: (graph, x) => graph.op("Mul", [x, graph.op("Sigmoid", [x])]),
    },
    "of a sigmoid that is read elsewhere too, and its value": {
      inputs: [[2, 3]],
      emit: (graph, x) => {
        const gate = graph.op("Sigmoid", [x]);
        return [graph.op("Mul", [gate, x]), gate];
      },
    },
  },
  Neg: { "": unary("Neg") },
  Pad: {
    "on some sides": {
      inputs: [[2, 3]],
      emit: (graph, x) => graph.op("Pad", [x, graph.ints([0, 1, 2, 0]), graph.scalar(0.5)]),
    },
    "of some axes, cutting on one side": {
      raw: true,
      inputs: [[2, 4]],
      emit: (graph, x) => graph.op("Pad", [x, graph.ints([-1, 2]), undefined, graph.ints([-1])]),
    },
  },
  Pow: {
    "with constant exponents": {
      inputs: [[3, 4]],
      emit: (graph, x) => [2, 3, 0.5, -1].map((exponent) => graph.op("Pow", [x, graph.scalar(exponent)])),
      values: positive,
    },
    "of negative numbers": {
      inputs: [[3, 4]],
      emit: (graph, x) => [2, 3].map((exponent) => graph.op("Pow", [x, graph.scalar(exponent)])),
    },
    "zero of zero": {
      inputs: [[3]],
      emit: (graph, x) => graph.op("Pow", [x, graph.scalar(0)]),
      values: () => 0,
    },
    "by its exponent": binary("Pow", [2, 3], [3], positive),
  },
  Reciprocal: { "": unary("Reciprocal", positive) },
  ReduceL2: {
    "of some axes": reduction("ReduceL2", [2, 3, 2], [1, -1], 1),
    "of all": reduction("ReduceL2", [2, 3], undefined, 0),
  },
  ReduceMean: {
    "of some axes": reduction("ReduceMean", [2, 3, 2], [0, 2], 0),
    "of all": reduction("ReduceMean", [2, 3], undefined, 1),
    "in operator set 17": {
      opset: 17,
      inputs: [[2, 3, 2]],
      emit: (graph, x) => graph.op("ReduceMean", [x], { axes: ints([1]), keepdims: int(0) }),
    },
  },
  ReduceSum: {
    "of some axes": reduction("ReduceSum", [2, 3, 2], [-2], 0),
    "of all": reduction("ReduceSum", [2, 3], undefined, 0),
    "of none": {
      inputs: [[2, 3]],
      emit: (graph, x) => graph.op("Mul", [x, graph.op("ReduceSum", [x, graph.ints([0])])]),
    },
  },
  ReduceSumSquare: {
    "of some axes": reduction("ReduceSumSquare", [2, 3, 2], [1], 1),
    "of all": reduction("ReduceSumSquare", [2, 3], undefined, 0),
  },
  Relu: { "": unary("Relu", awayFromZero) },
  Reshape: {
    "with a size left open": {
      inputs: [[2, 6]],
      emit: (graph, x) => graph.op("Reshape", [x, graph.ints([3, -1])]),
    },
  },
  Resize: {
    doubled: resize([1, 2, 2, 3], [1, 2, 4, 6], "asymmetric", "floor"),
    "to odd sizes": resize([1, 2, 3, 2], [1, 2, 5, 3], "asymmetric", "floor"),
    "of channels too": resize([1, 2, 2, 2], [1, 4, 4, 2], "asymmetric", "floor"),
    "by half pixels": resize([1, 1, 3, 2], [1, 1, 5, 5], "half_pixel", "round_prefer_floor"),
    "aligned at corners": resize([1, 1, 3, 4], [1, 1, 5, 2], "align_corners", "round_prefer_ceil"),
    "by a scale": {
      inputs: [[1, 1, 3, 2]],
      emit: (graph, x) =>
        graph.op("Resize", [x, undefined, graph.floats([1, 1, 1.5, 3])], {
          coordinate_transformation_mode: string("pytorch_half_pixel"),
          nearest_mode: string("ceil"),
        }),
    },
  },
  Sigmoid: { "": unary("Sigmoid", (random) => random * 3) },
  Sin: { "": unary("Sin") },
  Slice: {
    "of the middle": slice([2, 6], [1], [4], [1], [1]),
    "of the end": slice([2, 6], [-3], [Number.MAX_SAFE_INTEGER], [-1], [1]),
    "with a step": slice([2, 7], [1], [6], [1], [2]),
    backwards: slice([2, 6], [-1], [-Number.MAX_SAFE_INTEGER], [1], [-1]),
    "backwards with a step": slice([7, 2], [5], [0], [0], [-3]),
    "of nothing": {
      inputs: [[3, 2]],
      emit: (graph, x) => {
        const nothing = (from: number, to: number, step: number) =>
          graph.op("Slice", [x, ...[from, to, 0, step].map((value) => graph.ints([value]))]);
        return graph.op("Concat", [nothing(2, 2, 1), x, nothing(-1, 9, -2), nothing(3, 9, 2)], {
          axis: int(0),
        });
      },
    },
    "of several axes": slice([5, 4, 3], [1, 0], [5, 2], [0, 2], [3, 1]),
  },
  Softmax: {
    "of the last axis": unary("Softmax", (random) => random * 2),
    "of another axis": {
      inputs: [[2, 3, 2]],
      emit: (graph, x) => graph.op("Softmax", [x], { axis: int(1) }),
    },
  },
  Split: {
    "in parts of given sizes": {
      inputs: [[2, 6]],
      emit: (graph, x) => graph.ops("Split", [x, graph.ints([1, 3, 2])], 3, { axis: int(1) }),
    },
    "of which one is used": {
      inputs: [[6, 2]],
      emit: (graph, x) => graph.ops("Split", [x], 3, { num_outputs: int(3) })[1]!,
    },
  },
  Sqrt: { "": unary("Sqrt", positive) },
  Squeeze: {
    "of one axis": { inputs: [[2, 1, 3]], emit: (graph, x) => graph.op("Squeeze", [x, graph.ints([1])]) },
  },
  Sub: {
    "of equal shapes": binary("Sub", [2, 3], [2, 3]),
    "of broadcast shapes": binary("Sub", [2, 1, 3], [4, 1]),
  },
  Sum: {
    "of broadcast shapes": {
      inputs: [[2, 3], [3], [2, 1]],
      emit: (graph, ...inputs) => graph.op("Sum", inputs),
    },
  },
  Tanh: { "": unary("Tanh") },
  Transpose: {
    "by a cycle": {
      inputs: [[2, 3, 4]],
      emit: (graph, x) => graph.op("Transpose", [x], { perm: ints([2, 0, 1]) }),
    },
    "of all axes": unary("Transpose"),
  },
  Unsqueeze: {
    "of two axes": { inputs: [[2, 3]], emit: (graph, x) => graph.op("Unsqueeze", [x, graph.ints([0, -1])]) },
  },
  Where: {
    "of broadcast shapes": {
      inputs: [[2, 3], [3]],
      emit: (graph, a, b) =>
        graph.op("Where", [graph.initializer("c", boolData([true, false, true], [3])), a, b]),
    },
  },
};

/** Operators that become others before they are differentiated. */
const composites: Readonly<Record<string, Differentiable>> = {
  "GroupNormalization of one channel": {
    inputs: [[2, 1, 2, 3], [1], [1]],
    emit: (graph, ...inputs) => graph.op("GroupNormalization", inputs, { num_groups: int(1) }),
  },
  "InstanceNormalization of one channel": {
    inputs: [[3, 1, 5], [1], [1]],
    emit: (graph, ...inputs) => graph.op("InstanceNormalization", inputs),
  },
  GroupNormalization: {
    inputs: [[2, 4, 2, 3], [4], [4]],
    emit: (graph, ...inputs) => graph.op("GroupNormalization", inputs, { num_groups: int(2) }),
  },
  InstanceNormalization: {
    inputs: [[2, 3, 5], [3], [3]],
    emit: (graph, ...inputs) => graph.op("InstanceNormalization", inputs),
  },
};

it("has a case for every rule", () => {
  expect(Object.keys(cases)).toEqual(Object.keys(gradientRules));
});

describe.each(Object.entries(cases))("the rule of %s agrees with finite differences", (_, own) => {
  it.each(Object.entries(own))("%s", (_name, differentiable) => expectFiniteDifferences(differentiable));
});

// 24 bytes are two queries of a head where there are three keys.
describe.each([1, 24])(
  "the rule of Attention agrees with finite differences in parts of %i bytes",
  (bytes) => {
    it.each([
      "of tokens",
      "of other value sizes",
      "with a scale",
      "of tokens with fewer key heads",
      "that is not differentiated by its keys",
    ])("%s", (name) => expectFiniteDifferences(cases.Attention![name]!, { attentionBytes: bytes }));
  },
);

it("never holds more scores of an attention than attentionBytes", () => {
  const [heads, queries, keys] = [2, 8, 16];
  const graph = new GraphBuilder({ name: "attention", opsets: { "": 23 } });
  const [q, k, v] = ["q", "k", "v"].map((name) =>
    graph.input(name, "float32", [1, name === "q" ? queries : keys, 8]),
  );
  const attended = graph.op("Attention", [q, k, v], { q_num_heads: int(heads), kv_num_heads: int(heads) });
  graph.output("loss", graph.op("ReduceSum", [attended], { keepdims: int(0) }));
  const partsWithin = (attentionBytes: number) =>
    gradients(graph.build(), {
      loss: "loss",
      withRespectTo: ["q", "k", "v"],
      attentionBytes,
    }).graph.nodes.filter(({ op }) => op === "Softmax");
  const bytes = 4 * queries * keys;
  expect(partsWithin(heads * bytes)).toHaveLength(1);
  expect(partsWithin(bytes)).toHaveLength(heads);
  expect(partsWithin(bytes / 4)).toHaveLength(4 * heads);
});

it.each(Object.entries(composites))("agrees with finite differences for %s", (_, differentiable) =>
  expectFiniteDifferences(differentiable),
);

it("normalizes each sample of a batch on its own where one scale is for all", async () => {
  const graph = new GraphBuilder({ name: "batch", opsets: { "": 17 } });
  const x = graph.input("x", "float32", [2, 2]);
  const scale = graph.input("scale", "float32", [1]);
  const y = graph.op("LayerNormalization", [x, scale], { epsilon: float(1e-5) });
  const loss = graph.op("Slice", [y, graph.ints([0, 0]), graph.ints([1, 1])]);
  graph.output("loss", loss);
  const model = gradients(graph.build(), { loss: "loss", withRespectTo: ["x", "scale"] });
  const given = { x: tensor(Float32Array.of(0, 1, 0, 10), [2, 2]), scale: tensor(Float32Array.of(1), [1]) };
  const results = await withSession(model, (run) => run(given));
  // The loss reads the first sample alone: d y / d scale is (x - mean) / sqrt(variance + epsilon).
  expect(results["grad/scale"]!.data).toBeAllclose([-0.5 / Math.sqrt(0.25 + 1e-5)], { atol: 1e-6 });
  expect((results["grad/x"]!.data as Float32Array).slice(2)).toEqual(Float32Array.of(0, 0));
});

describe("the gradient of Pow at x = 0", () => {
  // torch's pow_backward_self and pow_backward_exponent (torch/csrc/autograd/FunctionsManual.cpp).
  const cases: readonly (readonly [string, number[], number[], number[], number[]])[] = [
    ["is 0 for exponent 0", [0, 0, 2], [0, 0, 0], [0, 0, 0], [0, 0, Math.LN2]],
    ["is 1 for exponent 1", [0, 0, 2], [1, 1, 1], [1, 1, 1], [0, 0, 2 * Math.LN2]],
    ["is 0 for greater exponents", [0, 0, 2], [2, 1.5, 3], [0, 0, 12], [0, 0, 8 * Math.LN2]],
  ];

  it.each(cases)("%s", async (_, base, exponent, byBase, byExponent) => {
    const graph = new GraphBuilder({ name: "power", opsets: { "": 17 } });
    const [x, p] = [graph.input("x", "float32", [3]), graph.input("p", "float32", [3])];
    graph.output("loss", graph.op("ReduceSum", [graph.op("Pow", [x, p])], { keepdims: int(0) }));
    const model = gradients(graph.build(), { loss: "loss", withRespectTo: ["x", "p"] });
    const feeds = { x: tensor(Float32Array.from(base), [3]), p: tensor(Float32Array.from(exponent), [3]) };
    const results = await withSession(model, (run) => run(feeds));
    expect(results["grad/x"]!.data).toBeAllclose(byBase, { atol: 1e-6 });
    expect(results["grad/p"]!.data).toBeAllclose(byExponent, { rtol: 1e-6 });
  });
});
