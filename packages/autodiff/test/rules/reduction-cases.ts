// Sums and means over axes.
import { int, ints } from "@sunstep/onnx-graph";
import type { Differentiable } from "../finite-differences.js";
import type { RuleCases } from "./rule-cases.js";

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

export const reductionCases: RuleCases = {
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
};
