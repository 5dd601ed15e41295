// Operators that move elements, and compute none.
import { int, int64Data, ints, string } from "@sunstep/onnx-graph";
import type { Differentiable } from "../finite-differences.js";
import { type RuleCases, unary } from "./rule-cases.js";

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

export const layoutCases: RuleCases = {
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
  Squeeze: {
    "of one axis": { inputs: [[2, 1, 3]], emit: (graph, x) => graph.op("Squeeze", [x, graph.ints([1])]) },
  },
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
};
