// Conformance: for random sizes and attributes, inferred types are those of the tensors that ONNX Runtime returns.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Attributes,
  float,
  GraphBuilder,
  int,
  int64Data,
  ints,
  string,
  tensorAttribute,
  type Value,
} from "../src/index.js";
import { runModel } from "./run-model.js";

type Emit = (b: GraphBuilder) => readonly Value[];

const MS = { domain: "com.microsoft" };
const size = fc.integer({ min: 1, max: 5 });
const shapeOf = (rank: number) => fc.array(size, { minLength: rank, maxLength: rank });
const anyShape = fc.integer({ min: 1, max: 4 }).chain(shapeOf);
const input = (b: GraphBuilder, shape: readonly number[], name = "x") => b.input(name, "float32", shape);

/** Two or three shapes that broadcast: each drops leading dimensions or has ones in place of sizes. */
const broadcastable = (count: number) =>
  anyShape.chain((shape) =>
    fc.tuple(
      ...Array.from({ length: count }, () =>
        fc
          .tuple(
            fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
            fc.integer({ min: 0, max: shape.length - 1 }),
          )
          .map(([ones, dropped]) => shape.map((n, i) => (ones[i] ? 1 : n)).slice(dropped)),
      ),
    ),
  );

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

const matrices = fc.tuple(broadcastable(2), size, size, size);

const convolution = fc
  .record({
    batch: size,
    groups: fc.integer({ min: 1, max: 2 }),
    inputs: fc.integer({ min: 1, max: 3 }),
    outputs: fc.integer({ min: 1, max: 3 }),
    kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    height: fc.integer({ min: 7, max: 10 }),
    width: fc.integer({ min: 7, max: 10 }),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    pads: fc.option(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 })),
    autoPad: fc.constantFrom("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"),
  })
  .map((c) => {
    const attributes: Attributes = {
      group: int(c.groups),
      strides: ints(c.strides),
      // ONNX Runtime refuses dilations with SAME padding
      dilations: ints(c.autoPad.startsWith("SAME") ? [1, 1] : c.dilations),
      ...(c.autoPad === "NOTSET" ? { pads: ints(c.pads ?? [0, 0, 0, 0]) } : { auto_pad: string(c.autoPad) }),
    };
    return { ...c, attributes };
  });

const heads = fc.record({
  batch: size,
  heads: fc.integer({ min: 1, max: 3 }),
  tokens: size,
  others: size,
  headSize: fc.integer({ min: 1, max: 2 }).map((half) => half * 4),
});

const cases: readonly [string, fc.Arbitrary<Emit>][] = [
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
  [
    "MatMul",
    matrices.map(([[left, right], m, k, n]) => (b) => [
      b.op("MatMul", [input(b, [...left!, m, k], "a"), input(b, [...right!, k, n], "c")]),
    ]),
  ],
  [
    "FusedMatMul",
    fc.tuple(size, size, size, size, fc.boolean(), fc.boolean()).map(([batch, m, k, n, ta, tb]) => (b) => [
      b.op(
        "FusedMatMul",
        [
          input(b, [batch, ...(ta ? [k, m] : [m, k])], "a"),
          input(b, [batch, ...(tb ? [n, k] : [k, n])], "c"),
        ],
        { transA: int(Number(ta)), transB: int(Number(tb)) },
        MS,
      ),
    ]),
  ],
  [
    "Gemm",
    fc.tuple(size, size, size, fc.boolean(), fc.boolean()).map(([m, k, n, ta, tb]) => (b) => [
      b.op(
        "Gemm",
        [input(b, ta ? [k, m] : [m, k], "a"), input(b, tb ? [n, k] : [k, n], "c"), input(b, [n], "bias")],
        {
          transA: int(Number(ta)),
          transB: int(Number(tb)),
        },
      ),
    ]),
  ],
  [
    "Conv",
    convolution.map((c) => (b) => [
      b.op(
        "Conv",
        [
          input(b, [c.batch, c.inputs * c.groups, c.height, c.width]),
          input(b, [c.outputs * c.groups, c.inputs, ...c.kernel], "w"),
        ],
        c.attributes,
      ),
    ]),
  ],
  [
    "ConvTranspose",
    convolution
      .filter((c) => !c.autoPad.startsWith("SAME"))
      .map((c) => (b) => [
        b.op(
          "ConvTranspose",
          [
            input(b, [c.batch, c.inputs * c.groups, c.height, c.width]),
            input(b, [c.inputs * c.groups, c.outputs, ...c.kernel], "w"),
          ],
          c.attributes,
        ),
      ]),
  ],
  [
    "MaxPool",
    convolution
      // ONNX Runtime refuses padding as wide as the kernel, and SAME where windows do not touch
      .filter((c) => Math.max(...(c.pads ?? [0])) < Math.min(...c.kernel))
      .filter((c) => !c.autoPad.startsWith("SAME") || c.kernel.every((k, i) => k >= c.strides[i]!))
      .map((c) => (b) => {
        const { group: _, ...attributes } = c.attributes;
        return [
          b.op("MaxPool", [input(b, [c.batch, c.inputs, c.height, c.width])], {
            ...attributes,
            kernel_shape: ints(c.kernel),
            ceil_mode: int(c.groups - 1),
          }),
        ];
      }),
  ],
  ["GlobalAveragePool", shapeOf(4).map((shape) => (b) => [b.op("GlobalAveragePool", [input(b, shape)])])],
  [
    "LayerNormalization",
    anyShape.chain((shape) =>
      fc.integer({ min: -shape.length, max: -1 }).map(
        (axis): Emit =>
          (b) =>
            b.ops("LayerNormalization", [input(b, shape), input(b, shape.slice(axis), "scale")], 3, {
              axis: int(axis),
            }),
      ),
    ),
  ],
  [
    "GroupNormalization",
    fc.tuple(size, size, size, size, size).map(([n, groups, per, h, w]) => (b) => {
      const channels = groups * per;
      return [
        b.op(
          "GroupNormalization",
          [input(b, [n, channels, h, w]), input(b, [channels], "scale"), input(b, [channels], "bias")],
          { num_groups: int(groups) },
        ),
      ];
    }),
  ],
  [
    "InstanceNormalization",
    shapeOf(4).map((shape) => (b) => [
      b.op("InstanceNormalization", [
        input(b, shape),
        input(b, [shape[1]!], "s"),
        input(b, [shape[1]!], "c"),
      ]),
    ]),
  ],
  [
    "SkipLayerNormalization",
    fc.tuple(size, size, size).map(
      ([n, t, c]) =>
        (b) =>
          b.ops(
            "SkipLayerNormalization",
            [input(b, [n, t, c]), input(b, [n, t, c], "skip"), input(b, [c], "gamma")],
            1,
            {},
            MS,
          ),
    ),
  ],
  [
    "Attention 3D",
    heads.map((h) => (b) => [
      b.op(
        "Attention",
        [
          input(b, [h.batch, h.tokens, h.heads * h.headSize], "q"),
          input(b, [h.batch, h.others, h.heads * h.headSize], "k"),
          input(b, [h.batch, h.others, h.heads * h.headSize * 2], "v"),
        ],
        { q_num_heads: int(h.heads), kv_num_heads: int(h.heads) },
      ),
    ]),
  ],
  [
    "Attention 4D",
    heads.map((h) => (b) => [
      b.op("Attention", [
        input(b, [h.batch, h.heads, h.tokens, h.headSize], "q"),
        input(b, [h.batch, h.heads, h.others, h.headSize], "k"),
        input(b, [h.batch, h.heads, h.others, h.headSize * 2], "v"),
      ]),
    ]),
  ],
  [
    "MultiHeadAttention",
    heads.map((h) => (b) => [
      b.op(
        "MultiHeadAttention",
        [
          input(b, [h.batch, h.tokens, h.heads * h.headSize], "q"),
          input(b, [h.batch, h.others, h.heads * h.headSize], "k"),
          input(b, [h.batch, h.others, h.heads * h.headSize], "v"),
        ],
        { num_heads: int(h.heads) },
        MS,
      ),
    ]),
  ],
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
  ["Trilu", shapeOf(3).map((shape) => (b) => [b.op("Trilu", [input(b, shape)], { upper: int(0) })])],
  [
    "CumSum",
    shapeOf(2).map((shape) => (b) => [
      b.op("CumSum", [input(b, shape), b.initializer("axis", int64Data([1], []))]),
    ]),
  ],
];

function build(emit: Emit) {
  const b = new GraphBuilder({ name: "one operator", opsets: { "": 23, "com.microsoft": 1 } });
  for (const [i, value] of emit(b).entries()) b.output(`out${i}`, value);
  return b.build();
}

describe("shape inference agrees with ONNX Runtime", () => {
  it.each(cases.map(([op, emit]) => ({ op, emit })))("$op", async ({ emit }) => {
    await fc.assert(
      fc.asyncProperty(emit, async (one) => {
        const model = build(one);
        const results = await runModel(model);
        for (const { name, dtype, shape } of model.graph.outputs) {
          expect({ dtype: results[name]!.dtype, shape: results[name]!.shape }).toEqual({ dtype, shape });
        }
      }),
      { numRuns: 20 },
    );
  });
});

const misfits: readonly [string, Emit, RegExp][] = [
  ["MatMul", (b) => [b.op("MatMul", [input(b, [2, 3], "a"), input(b, [4, 2], "c")])], /inner dimensions/],
  ["Add", (b) => [b.op("Add", [input(b, [2, 3], "a"), input(b, [2], "c")])], /broadcast/],
  ["Reshape", (b) => [b.op("Reshape", [input(b, [2, 3]), b.ints([4, -1])])], /cannot become \[4, -1\]/],
  [
    "Concat",
    (b) => [b.op("Concat", [input(b, [2, 3], "a"), input(b, [2, 4], "c")], { axis: int(0) })],
    /axis 0/,
  ],
  [
    "Conv",
    (b) => [b.op("Conv", [input(b, [1, 3, 8, 8]), input(b, [4, 2, 3, 3], "w")])],
    /3 channels.*takes 2/,
  ],
  [
    "ConvTranspose",
    (b) => [
      b.op("ConvTranspose", [input(b, [1, 3, 8, 8]), input(b, [3, 2, 3, 3], "w")], {
        auto_pad: string("SAME_UPPER"),
      }),
    ],
    /auto_pad SAME/,
  ],
  ["Split", (b) => b.ops("Split", [input(b, [5]), b.ints([2, 2])], 2, { axis: int(0) }), /add up/],
  ["Softmax", (b) => [b.op("Softmax", [undefined])], /needs its input 0/],
  [
    "Gather",
    (b) => [b.op("Gather", [input(b, [2]), b.ints([0])], { axis: int(3) })],
    /axis 3 is out of range/,
  ],
  [
    "Expand",
    (b) => [b.op("Expand", [input(b, [2]), b.input("s", "int64", [1])])],
    /input 1 must be a constant/,
  ],
  [
    "Attention",
    (b) => [
      b.op("Attention", [input(b, [1, 4, 8], "q"), input(b, [1, 5, 6], "k"), input(b, [1, 5, 8], "v")], {
        q_num_heads: int(2),
        kv_num_heads: int(2),
      }),
    ],
    /query, key and value do not fit/,
  ],
];

describe("shape inference rejects inputs that do not fit", () => {
  it.each(misfits)("%s", (_, emit, message) => {
    expect(() => build(emit)).toThrow(message);
    expect(() => build(emit)).toThrow(expect.objectContaining({ code: "GRAPH_SHAPE" }));
  });

  it("names an output that the operator's rule does not know", () => {
    expect(() => build((b) => b.ops("Relu", [input(b, [1])], 2))).toThrow(
      expect.objectContaining({
        code: "GRAPH_SHAPE",
        message: "Relu([1]): there is no rule for its output 1",
      }),
    );
  });

  it("rejects sizes that are no whole numbers", () => {
    const emit = (b: GraphBuilder) => [b.op("DepthToSpace", [input(b, [1, 3, 2, 2])], { blocksize: int(2) })];
    expect(() => build(emit)).toThrow("its output would have the shape [1, 0.75, 4, 4]");
  });

  it("names an operator without a rule", () => {
    expect(() => build((b) => [b.op("NoSuchOp", [input(b, [1])])])).toThrow(
      expect.objectContaining({
        code: "ONNX_OPERATOR_UNKNOWN",
        message: expect.stringContaining("NoSuchOp"),
      }),
    );
  });
});
