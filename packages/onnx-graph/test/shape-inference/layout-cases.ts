// Operators that move elements, and those that make tensors from sizes.
import fc from "fast-check";
import { int, int64Data, ints, string, tensorAttribute } from "../../src/index.js";
import {
  anyShape,
  broadcastable,
  type ConformanceCases,
  type Emit,
  input,
  shapeOf,
  size,
} from "./generators.js";

export const layoutCases: ConformanceCases = [
  [
    "Reshape",
    shapeOf(4).chain(([a, c, d, e]) =>
      fc.constantFrom([-1], [0, -1], [a! * c!, d! * e!], [0, 0, -1], [-1, e!], [a!, -1, 1, e!]).map(
        (wanted): Emit =>
          (b) => [b.op("Reshape", [input(b, [a!, c!, d!, e!]), b.ints(wanted)])],
      ),
    ),
  ],
  [
    "Slice",
    fc
      .tuple(
        shapeOf(3),
        fc.array(fc.integer({ min: -7, max: 7 }), { minLength: 4, maxLength: 4 }),
        fc.constantFrom(-2, -1, 1, 2, 3),
      )
      .map(([shape, [s0, s1, e0, e1], step]) => (b) => [
        b.op("Slice", [
          input(b, shape),
          b.ints([s0!, s1!]),
          b.ints([e0!, e1!]),
          b.ints([0, -1]),
          b.ints([1, step]),
        ]),
      ]),
  ],
  [
    "Split by count",
    fc.tuple(shapeOf(2), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 3, max: 9 })).map(
      ([rest, parts, length]) =>
        (b) =>
          b.ops(
            "Split",
            [input(b, [rest[0]!, length, rest[1]!])],
            Math.ceil(length / Math.ceil(length / parts)),
            {
              axis: int(-2),
              num_outputs: int(Math.ceil(length / Math.ceil(length / parts))),
            },
          ),
    ),
  ],
  [
    "Split by sizes",
    fc.tuple(size, size, size).map(
      ([a, c, rest]) =>
        (b) =>
          b.ops("Split", [input(b, [rest, a + c]), b.ints([a, c])], 2, { axis: int(1) }),
    ),
  ],
  [
    "Concat",
    fc.tuple(shapeOf(3), size, fc.constantFrom(0, 1, 2, -1, -3)).map(([shape, other, axis]) => (b) => {
      const second = shape.map((n, i) => (i === (axis + 3) % 3 ? other : n));
      return [b.op("Concat", [input(b, shape, "a"), input(b, second, "c")], { axis: int(axis) })];
    }),
  ],
  [
    "Gather",
    fc
      .tuple(shapeOf(3), fc.integer({ min: 0, max: 2 }).chain(shapeOf), fc.integer({ min: -3, max: 2 }))
      .map(([shape, indices, axis]) => (b) => [
        b.op("Gather", [input(b, shape), b.input("i", "int64", indices)], { axis: int(axis) }),
      ]),
  ],
  [
    "GatherND",
    shapeOf(3).map((shape) => (b) => [b.op("GatherND", [input(b, shape), b.input("i", "int64", [4, 2])])]),
  ],
  [
    "GatherElements",
    shapeOf(2).map((shape) => (b) => [
      b.op("GatherElements", [input(b, shape), b.input("i", "int64", shape)]),
    ]),
  ],
  [
    "Unsqueeze",
    fc.tuple(shapeOf(2), fc.constantFrom([0], [-1], [1, 3], [0, -1])).map(([shape, axes]) => (b) => [
      b.op("Unsqueeze", [input(b, shape), b.ints(axes)]),
    ]),
  ],
  [
    "Squeeze",
    fc.tuple(size, size, fc.constantFrom([1], [-3], [1, 3], undefined)).map(([a, c, axes]) => (b) => [
      b.op("Squeeze", [input(b, [a + 1, 1, c + 1, 1]), ...(axes ? [b.ints(axes)] : [])]),
    ]),
  ],
  [
    "Transpose",
    fc
      .tuple(shapeOf(3), fc.option(fc.constantFrom([0, 2, 1], [2, 0, 1], [1, 0, 2])))
      .map(([shape, perm]) => (b) => [
        b.op("Transpose", [input(b, shape)], perm ? { perm: ints(perm) } : {}),
      ]),
  ],
  [
    "Flatten",
    fc.tuple(shapeOf(3), fc.integer({ min: -3, max: 3 })).map(([shape, axis]) => (b) => [
      b.op("Flatten", [input(b, shape)], { axis: int(axis) }),
    ]),
  ],
  [
    "Expand",
    broadcastable(2).map(([shape, wanted]) => (b) => [b.op("Expand", [input(b, shape!), b.ints(wanted!)])]),
  ],
  [
    "Tile",
    fc.tuple(shapeOf(3), shapeOf(3)).map(([shape, repeats]) => (b) => [
      b.op("Tile", [input(b, shape), b.ints(repeats)]),
    ]),
  ],
  [
    "Pad",
    fc
      .tuple(shapeOf(3), fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }))
      .map(([shape, pads]) => (b) => [
        b.op("Pad", [input(b, shape), b.ints(pads), undefined, b.ints([-1, 0])]),
      ]),
  ],
  [
    "Resize by scale",
    fc
      .tuple(shapeOf(2), fc.integer({ min: 2, max: 10 }), fc.constantFrom(0.5, 0.7, 1.1, 1.5, 2, 3))
      .map(([shape, side, scale]) => (b) => [
        b.op("Resize", [input(b, [...shape, side, side + 1]), undefined, b.floats([1, 1, scale, 2])], {
          mode: string("nearest"),
          nearest_mode: string("floor"),
          coordinate_transformation_mode: string("asymmetric"),
        }),
      ]),
  ],
  [
    "Resize to size",
    fc.tuple(shapeOf(2), shapeOf(2), shapeOf(2)).map(([shape, from, to]) => (b) => [
      b.op("Resize", [input(b, [...shape, ...from]), undefined, undefined, b.ints([...shape, ...to])], {
        mode: string("nearest"),
      }),
    ]),
  ],
  [
    "Range",
    fc
      .tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 9 }), fc.integer({ min: 1, max: 3 }))
      .map(([start, limit, step]) => (b) => {
        const scalar = (value: number) => b.initializer("range", int64Data([value], []));
        return [b.op("Range", [scalar(start), scalar(limit), scalar(step)])];
      }),
  ],
  [
    "ConstantOfShape",
    anyShape.map((shape) => (b) => [
      b.op("ConstantOfShape", [b.ints(shape)], { value: tensorAttribute(int64Data([3])) }),
    ]),
  ],
  ["Constant", anyShape.map((shape) => (b) => [b.op("Constant", [], { value_ints: ints(shape) })])],
];
