// Layers: products of matrices, convolution, pooling, normalization and attention.
import fc from "fast-check";
import { type Attributes, type GraphBuilder, int, ints, string } from "../../src/index.js";
import {
  anyShape,
  broadcastable,
  type ConformanceCases,
  type Emit,
  input,
  MS,
  shapeOf,
  size,
} from "./generators.js";

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

type Heads = typeof heads extends fc.Arbitrary<infer One> ? One : never;

/** Query, key and value of tokens, the heads side by side. */
const tokens = (b: GraphBuilder, { batch, heads, tokens, others, headSize }: Heads, valueSize: number) => [
  input(b, [batch, tokens, heads * headSize], "q"),
  input(b, [batch, others, heads * headSize], "k"),
  input(b, [batch, others, heads * valueSize], "v"),
];

export const networkCases: ConformanceCases = [
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
      b.op("Attention", tokens(b, h, 2 * h.headSize), {
        q_num_heads: int(h.heads),
        kv_num_heads: int(h.heads),
      }),
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
      b.op("MultiHeadAttention", tokens(b, h, h.headSize), { num_heads: int(h.heads) }, MS),
    ]),
  ],
];
