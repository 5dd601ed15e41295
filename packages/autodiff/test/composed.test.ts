// Random graphs of several operators against central differences: what the tables of single operators do not reach, such
// as unusual broadcasts, values that are read more than once, and forms that one rule makes for the next.

import {
  boolData,
  elementCount,
  float,
  type GraphBuilder,
  int,
  int64Data,
  ints,
  string,
  type Value,
} from "@sunstep/onnx-graph";
import fc from "fast-check";
import { expect, it } from "vitest";
import { gradientRules } from "../src/gradient-rules.js";
import { expectFiniteDifferences } from "./finite-differences.js";

/** Graphs have at most so many elements in a value, so that differences of all of them take little time. */
const MOST_ELEMENTS = 24;

/** Draws a number from 0 to n - 1. */
type Draw = (n: number) => number;

/** Emits operators that read `x`, or returns undefined where `x` has no fitting shape. */
type Step = (graph: GraphBuilder, x: Value, draw: Draw, earlier: readonly Value[]) => Value | undefined;

/** Parameters become inputs of the graph, and gradients are taken of them too. */
const parameter = (graph: GraphBuilder, shape: readonly number[]) =>
  graph.input(`parameter${graph.nodes.length}_${shape.join("x")}_${next++}`, "float32", shape);
let next = 0;

const pick = <T>(draw: Draw, list: readonly T[]): T => list[draw(list.length)]!;
const rank = ({ shape }: Value) => shape.length;

/** A shape that broadcasts to `shape`: axes are dropped in front, and others become 1. */
const broadcastable = (draw: Draw, shape: readonly number[]) =>
  shape.slice(draw(shape.length + 1)).map((size) => (draw(3) === 0 ? 1 : size));

/** A possibly negative spelling of an axis. */
const spelled = (draw: Draw, axis: number, of: number) => (draw(2) === 0 ? axis : axis - of);

const square = (graph: GraphBuilder, x: Value) => graph.op("Mul", [x, x]);
const positive = (graph: GraphBuilder, x: Value) => graph.op("Add", [square(graph, x), graph.scalar(0.5)]);

const binary: Step = (graph, x, draw) => {
  const other = parameter(graph, broadcastable(draw, x.shape));
  const operands = draw(2) === 0 ? [x, other] : [other, x];
  const op = pick(draw, ["Add", "Sub", "Mul", "Div", "Sum"]);
  if (op === "Div") operands[1] = positive(graph, operands[1]!);
  if (op === "Sum") operands.push(parameter(graph, broadcastable(draw, x.shape)));
  return graph.op(op, operands);
};

const reduction: Step = (graph, x, draw) => {
  const op = pick(draw, ["ReduceSum", "ReduceMean", "ReduceSumSquare", "ReduceL2"]);
  const axes = x.shape.flatMap((_, i) => (draw(2) === 0 ? [spelled(draw, i, rank(x))] : []));
  const attributes = { keepdims: int(draw(2)), ...(draw(3) === 0 && { noop_with_empty_axes: int(1) }) };
  // ReduceSumSquare and ReduceL2 over no axes still square or take the absolute value.
  if (axes.length === 0 && op === "ReduceL2") return undefined;
  const from = op === "ReduceL2" ? positive(graph, x) : x;
  return graph.op(op, axes.length === 0 && draw(2) === 0 ? [from] : [from, graph.ints(axes)], attributes);
};

const steps: Readonly<Record<string, Step>> = {
  unary: (graph, x, draw) =>
    graph.op(pick(draw, ["Tanh", "Sigmoid", "Sin", "Cos", "Erf", "Neg", "Identity"]), [x]),
  powers: (graph, x, draw) =>
    pick<() => Value>(draw, [
      () => square(graph, x),
      () => graph.op("Pow", [x, graph.scalar(3)]),
      () => graph.op("Pow", [positive(graph, x), parameter(graph, broadcastable(draw, x.shape))]),
      () => graph.op("Sqrt", [positive(graph, x)]),
      () => graph.op("Log", [positive(graph, x)]),
      () => graph.op("Reciprocal", [positive(graph, x)]),
      () => graph.op("Exp", [graph.op("Tanh", [x])]),
    ])(),
  gates: (graph, x, draw) =>
    pick<() => Value>(draw, [
      () => graph.op("Mul", [x, graph.op("Sigmoid", [x])]),
      () => graph.op("Gelu", [x]),
      () => graph.op("Gelu", [x], { approximate: string("tanh") }),
    ])(),
  softmax: (graph, x, draw) =>
    rank(x) === 0
      ? undefined
      : graph.op("Softmax", [x], { axis: int(spelled(draw, draw(rank(x)), rank(x))) }),
  binary,
  reduction,
  residual: (graph, x, draw, earlier) => {
    const same = earlier.filter(({ shape }) => shape.join() === x.shape.join());
    return same.length === 0 ? undefined : graph.op(pick(draw, ["Add", "Mul", "Sub"]), [x, pick(draw, same)]);
  },
  transpose: (graph, x, draw) => {
    const left = x.shape.map((_, i) => i);
    return graph.op("Transpose", [x], {
      perm: ints(x.shape.map(() => left.splice(draw(left.length), 1)[0]!)),
    });
  },
  reshape: (graph, x, draw) =>
    graph.op("Reshape", [
      x,
      graph.ints(pick(draw, [[-1], [1, -1], [...x.shape].reverse(), [...x.shape, 1]])),
    ]),
  flatten: (graph, x, draw) => graph.op("Flatten", [x], { axis: int(draw(rank(x) + 1)) }),
  unsqueeze: (graph, x, draw) => graph.op("Unsqueeze", [x, graph.ints([draw(rank(x) + 1)])]),
  squeeze: (graph, x) => {
    const axes = x.shape.flatMap((size, i) => (size === 1 ? [i] : []));
    return axes.length === 0 ? undefined : graph.op("Squeeze", [x, graph.ints(axes)]);
  },
  expand: (graph, x, draw) => {
    const shape = x.shape.map((size) => (size === 1 ? 1 + draw(2) : size));
    return graph.op("Expand", [x, graph.ints(draw(2) === 0 ? [2, ...shape] : shape)]);
  },
  concat: (graph, x, draw) => {
    if (rank(x) === 0) return undefined;
    const axis = draw(rank(x));
    const other = parameter(
      graph,
      x.shape.map((size, i) => (i === axis ? 1 : size)),
    );
    return graph.op("Concat", [x, other, x], { axis: int(spelled(draw, axis, rank(x))) });
  },
  split: (graph, x, draw) => {
    const axis = x.shape.findLastIndex((size) => size > 1);
    if (axis < 0) return undefined;
    const first = 1 + draw(x.shape[axis]! - 1);
    const sizes = graph.ints([first, x.shape[axis]! - first]);
    const parts = graph.ops("Split", [x, sizes], 2, { axis: int(axis) });
    return pick(draw, [parts[0]!, graph.op("Concat", parts.toReversed(), { axis: int(axis) })]);
  },
  slice: (graph, x, draw) => {
    if (rank(x) === 0) return undefined;
    const axis = draw(rank(x));
    const size = x.shape[axis]!;
    const from = draw(size);
    const step = pick(draw, [1, 2, -1, -2]);
    const to = step > 0 ? from + 1 + draw(size) : from - 1 - draw(from + 1) - (draw(2) === 0 ? size + 1 : 0);
    // An end of -1 would be the last element.
    const end = step < 0 && to < 0 ? -size - 1 : to;
    const inputs = [from, end, spelled(draw, axis, rank(x)), step].map((number) => graph.ints([number]));
    return graph.op("Slice", [x, ...inputs]);
  },
  pad: (graph, x, draw) => {
    const pads = [...x.shape, ...x.shape].map((size, i) => draw(i < rank(x) && size > 1 ? 3 : 2));
    const cut = pads.map((pad, i) => (i < rank(x) && pad === 2 ? -1 : pad));
    return rank(x) === 0 ? undefined : graph.op("Pad", [x, graph.ints(cut), graph.scalar(0.3)]);
  },
  gather: (graph, x, draw) => {
    if (rank(x) === 0) return undefined;
    const axis = draw(rank(x));
    const size = x.shape[axis]!;
    const shape = pick(draw, [[], [2], [1, 3]]);
    const indices = Array.from({ length: elementCount(shape) }, () => spelled(draw, draw(size), size));
    const taken = graph.initializer("indices", int64Data(indices, shape));
    return graph.op("Gather", [x, taken], { axis: int(spelled(draw, axis, rank(x))) });
  },
  where: (graph, x, draw) => {
    const shape = broadcastable(draw, x.shape);
    const mask = boolData(
      Array.from({ length: elementCount(shape) }, () => draw(2) === 0),
      shape,
    );
    return graph.op("Where", [
      graph.initializer("mask", mask),
      x,
      parameter(graph, broadcastable(draw, x.shape)),
    ]);
  },
  matmul: (graph, x, draw) => {
    if (rank(x) < 2) return undefined;
    const [rows, columns] = x.shape.slice(-2) as [number, number];
    const batch = draw(2) === 0 ? [] : broadcastable(draw, x.shape.slice(0, -2));
    const size = 1 + draw(3);
    return draw(2) === 0
      ? graph.op("MatMul", [x, parameter(graph, [...batch, columns, size])])
      : graph.op("MatMul", [parameter(graph, [...batch, size, rows]), x]);
  },
  gemm: (graph, x, draw) => {
    if (rank(x) !== 2) return undefined;
    const [transA, transB] = [draw(2), draw(2)];
    const [rows = 1, inner = 1] = transA === 1 ? x.shape.toReversed() : x.shape;
    const columns = 1 + draw(3);
    const weight = parameter(graph, transB === 1 ? [columns, inner] : [inner, columns]);
    const bias = parameter(graph, pick(draw, [[], [1], [columns], [rows, 1], [rows, columns]]));
    const factors = { alpha: float(0.7), beta: float(1.5) };
    return graph.op("Gemm", [x, weight, bias], { transA: int(transA), transB: int(transB), ...factors });
  },
  layerNorm: (graph, x, draw) => {
    if (rank(x) === 0) return undefined;
    const axis = draw(rank(x));
    const shape = x.shape.slice(axis);
    const scale = parameter(graph, draw(2) === 0 ? shape : broadcastable(draw, shape));
    const biases = pick(draw, [[], [shape], [broadcastable(draw, shape)]]);
    return graph.op("LayerNormalization", [x, scale, ...biases.map((bias) => parameter(graph, bias))], {
      axis: int(spelled(draw, axis, rank(x))),
      epsilon: float(0.2),
    });
  },
  channelNorm: (graph, x, draw) => {
    if (rank(x) < 3) return undefined;
    const channels = x.shape[1]!;
    const inputs = [x, parameter(graph, [channels]), parameter(graph, [channels])];
    return draw(2) === 0
      ? graph.op("InstanceNormalization", inputs, { epsilon: float(0.2) })
      : graph.op("GroupNormalization", inputs, {
          num_groups: int(pick(draw, [1, channels])),
          epsilon: float(0.2),
        });
  },
  attention: (graph, x, draw) => {
    if (rank(x) !== 3 && rank(x) !== 4) return undefined;
    const keys = 1 + draw(3);
    const masked = draw(3) === 0;
    const attributes = {
      ...(draw(2) === 0 && { scale: float(0.4) }),
      ...(draw(3) === 0 && { is_causal: int(1) }),
    };
    if (rank(x) === 4) {
      const [batch = 1, heads = 1, tokens = 1, size = 1] = x.shape;
      const keyHeads = heads % 2 === 0 ? pick(draw, [heads, heads / 2]) : heads;
      const key = parameter(graph, [batch, keyHeads, keys, size]);
      const value = parameter(graph, [batch, keyHeads, keys, 2]);
      const mask = graph.floats(
        Array.from({ length: tokens * keys }, () => draw(5) / 2),
        [tokens, keys],
      );
      return graph.op("Attention", masked ? [x, key, value, mask] : [x, key, value], attributes);
    }
    const [batch = 1, tokens = 1, channels = 1] = x.shape;
    const heads = channels % 2 === 0 ? pick(draw, [1, 2]) : 1;
    const own = draw(2) === 0;
    const keyHeads = own ? heads : pick(draw, [1, heads]);
    const key = own ? x : parameter(graph, [batch, keys, (channels / heads) * keyHeads]);
    const value = own ? x : parameter(graph, [batch, keys, keyHeads * 2]);
    const mask = graph.floats(
      Array.from({ length: tokens * key.shape[1]! }, () => draw(5) / 2),
      [tokens, key.shape[1]!],
    );
    return graph.op("Attention", masked ? [x, key, value, mask] : [x, key, value], {
      ...attributes,
      q_num_heads: int(heads),
      kv_num_heads: int(keyHeads),
    });
  },
  convolution: (graph, x, draw) => {
    if (rank(x) !== 3 && rank(x) !== 4) return undefined;
    const [, channels = 1, ...sizes] = x.shape;
    const kernel = sizes.map((size) => 1 + draw(Math.min(size, 2)));
    const outputs = 1 + draw(2);
    const attributes = {
      pads: ints([...sizes, ...sizes].map(() => draw(2))),
      strides: ints(sizes.map(() => 1 + draw(2))),
    };
    return graph.op(
      "Conv",
      [x, parameter(graph, [outputs, channels, ...kernel]), parameter(graph, [outputs])],
      attributes,
    );
  },
  resize: (graph, x) =>
    rank(x) === 0
      ? undefined
      : graph.op(
          "Resize",
          [x, undefined, graph.floats(x.shape.map((size, i) => (i > 1 && size < 3 ? 2 : 1)))],
          {
            coordinate_transformation_mode: string("asymmetric"),
            nearest_mode: string("floor"),
          },
        ),
};

/** A linear congruential generator. */
function drawing(seed: number): Draw {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.floor(((state >>> 8) / 2 ** 24) * n);
  };
}

const compositions = fc.record({
  shape: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 }),
  plan: fc.array(fc.tuple(fc.constantFrom(...Object.keys(steps)), fc.integer()), {
    minLength: 2,
    maxLength: 6,
  }),
  checkpointed: fc.boolean(),
});

it("finds the gradients of random graphs", async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(compositions, ({ shape, plan, checkpointed }) =>
      expectFiniteDifferences(
        {
          raw: true,
          inputs: [shape],
          emit: (graph, x) => {
            const values = [x];
            const large: Value[] = [];
            for (const [name, seed] of plan) {
              const before = values.at(-1)!;
              const after = steps[name]!(graph, before, drawing(seed), values);
              if (after) (elementCount(after.shape) > MOST_ELEMENTS ? large : values).push(after);
            }
            for (const { op } of graph.nodes) seen.add(op);
            return [values.at(-1)!, ...large];
          },
        },
        { refined: true, ...(checkpointed && { checkpoint: [] }) },
      ),
    ),
    { numRuns: 300, seed: 11 },
  );
  const without = ["Abs", "Cast", "Clip", "GatherND", "Max", "Min", "Relu"];
  expect(Object.keys(gradientRules).filter((op) => !seen.has(op))).toEqual(without);
}, 180_000);
