// Layers: convolution, products of matrices, attention, normalization and softmax.
import { type Attributes, boolData, float, float32Data, int, ints, string } from "@sunstep/onnx-graph";
import { type Differentiable, numbers } from "../finite-differences.js";
import { binary, type RuleCases, unary } from "./rule-cases.js";

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
  attributes: Attributes = {},
): Differentiable => ({
  inputs: [q, k, v],
  emit: (graph, ...inputs) => graph.op("Attention", inputs, attributes),
});

/** Layer normalization of a value, with its scale and bias. */
const normalization = (
  attributes: Attributes,
  ...inputs: readonly (readonly number[])[]
): Differentiable => ({
  inputs,
  emit: (graph, ...operands) => graph.op("LayerNormalization", operands, attributes),
});

const heads = { q_num_heads: int(2), kv_num_heads: int(2) };

export const networkCases: RuleCases = {
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
  LayerNormalization: {
    "of the last axis": normalization({}, [2, 3, 5], [5], [5]),
    "without bias": normalization({ axis: int(1) }, [2, 5], [5]),
    "of several axes": normalization({ axis: int(1) }, [2, 3, 4], [3, 4], [3, 4]),
    "of a batch with one scale for all": normalization({}, [2, 2], [1], [1]),
    "of several axes with one scale for all": normalization({ axis: int(1) }, [2, 3, 4], [1], [1, 1]),
    "with a scale and a bias without axes": normalization({}, [3, 4], [], []),
    "of all axes": normalization({ axis: int(0) }, [2, 3], [1], [3]),
    "with a bias of more axes than the scale": normalization({ axis: int(1) }, [2, 3, 4], [3, 1], [3, 4]),
    "with a scale for each channel, the same along positions": normalization(
      { axis: int(1) },
      [2, 3, 4],
      [3, 1],
      [3, 1],
    ),
  },
  MatMul: {
    "of matrices": binary("MatMul", [2, 3], [3, 4]),
    "of many and one": binary("MatMul", [2, 3, 2], [2, 4]),
    "of many and many": binary("MatMul", [2, 3, 2], [2, 2, 3]),
    "of broadcast many": binary("MatMul", [1, 2, 2, 3], [2, 1, 3, 2]),
    "of one and many": binary("MatMul", [2, 3], [2, 3, 2]),
  },
  Softmax: {
    "of the last axis": unary("Softmax", (random) => random * 2),
    "of another axis": {
      inputs: [[2, 3, 2]],
      emit: (graph, x) => graph.op("Softmax", [x], { axis: int(1) }),
    },
  },
};
