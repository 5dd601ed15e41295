// Operators of elements, and reductions.
import fc from "fast-check";
import { type Attributes, float, int, int64Data } from "../../src/index.js";
import {
  anyShape,
  broadcastable,
  type ConformanceCases,
  type Emit,
  input,
  MS,
  shapeOf,
} from "./generators.js";

const unary = (op: string, attributes: Attributes = {}, options = {}): [string, fc.Arbitrary<Emit>] => [
  op,
  anyShape.map((shape) => (b) => [b.op(op, [input(b, shape)], attributes, options)]),
];

const binary = (op: string): [string, fc.Arbitrary<Emit>] => [
  op,
  broadcastable(2).map(([a, c]) => (b) => [b.op(op, [input(b, a!, "a"), input(b, c!, "c")])]),
];

const reduction = (op: string): [string, fc.Arbitrary<Emit>] => [
  op,
  anyShape.chain((shape) =>
    fc.tuple(fc.option(fc.subarray(shape.map((_, i) => i - (i % 2) * shape.length))), fc.boolean()).map(
      ([axes, keep]): Emit =>
        (b) => [
          b.op(op, [input(b, shape), axes ? b.ints(axes) : undefined], { keepdims: int(Number(keep)) }),
        ],
    ),
  ),
];

export const elementwiseCases: ConformanceCases = [
  ...["Abs", "Ceil", "Clip", "Cos", "Erf", "Exp", "Floor", "HardSigmoid", "Identity", "LeakyRelu"].map((op) =>
    unary(op),
  ),
  ...["LogSoftmax", "Neg", "Reciprocal", "Relu", "Round", "Sigmoid", "Sign", "Sin", "Softmax"].map((op) =>
    unary(op),
  ),
  ...["Softplus", "Sqrt", "Tanh", "Gelu", "HardSwish", "Mish"].map((op) => unary(op)),
  unary("IsNaN"),
  unary("Cast", { to: int(7) }),
  unary("Cast", { to: int(10) }),
  unary("QuickGelu", { alpha: float(1) }, MS),
  unary("FastGelu", {}, MS),
  unary("Shape"),
  unary("Size"),
  ...[
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Pow",
    "Max",
    "Min",
    "Mean",
    "Sum",
    "Equal",
    "Greater",
    "Less",
    "LessOrEqual",
  ].map(binary),
  [
    "Where",
    broadcastable(3).map(([c, x, y]) => (b) => [
      b.op("Where", [b.input("c", "bool", c!), input(b, x!), input(b, y!, "y")]),
    ]),
  ],
  ...["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL2", "ReduceSumSquare"].map(
    reduction,
  ),
  [
    "ArgMax",
    anyShape.chain((shape) =>
      fc.tuple(fc.integer({ min: -shape.length, max: shape.length - 1 }), fc.boolean()).map(
        ([axis, keep]): Emit =>
          (b) => [b.op("ArgMax", [input(b, shape)], { axis: int(axis), keepdims: int(Number(keep)) })],
      ),
    ),
  ],
  ["Trilu", shapeOf(3).map((shape) => (b) => [b.op("Trilu", [input(b, shape)], { upper: int(0) })])],
  [
    "CumSum",
    shapeOf(2).map((shape) => (b) => [
      b.op("CumSum", [input(b, shape), b.initializer("axis", int64Data([1], []))]),
    ]),
  ],
];
