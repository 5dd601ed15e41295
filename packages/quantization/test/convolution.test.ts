import { float32Data, GraphBuilder, int, ints, type Model } from "@sunstep/onnx-graph";
import fc from "fast-check";
import { expect, it } from "vitest";
import { quantize } from "../src/index.js";
import { evaluate, integers, lower, namesOf } from "./evaluate.js";

interface Convolution {
  readonly batch: number;
  readonly channels: number;
  readonly size: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly pads: readonly [number, number, number, number];
  readonly biased: boolean;
}

const OUTPUTS = 16;

/** A convolution of integers, with a scale of 1 on all sides. */
function convolution({ batch, channels, size, kernel, biased, ...rest }: Convolution): Model {
  const graph = new GraphBuilder({ name: "convolution", opsets: { "": 23 } });
  const x = graph.input("x", "float32", [batch, channels, ...size]);
  const weights = integers(OUTPUTS * channels * kernel[0] * kernel[1], -127, 5);
  const w = graph.initializer("w", float32Data(weights, [OUTPUTS, channels, ...kernel]));
  const bias = biased
    ? graph.initializer("b", float32Data(integers(OUTPUTS, -127, 6), [OUTPUTS]))
    : undefined;
  const attributes = {
    kernel_shape: ints(kernel),
    ...Object.fromEntries(Object.entries(rest).map(([name, sizes]) => [name, ints(sizes)])),
  };
  graph.output("y", graph.op("Conv", [x, w, bias], attributes));
  return graph.build();
}

const feedsOf = ({ batch, channels, size }: Pick<Convolution, "batch" | "channels" | "size">) => {
  const shape = [batch, channels, ...size];
  const data = integers(batch * channels * size[0] * size[1], -128, 7);
  return { x: { dtype: "float32", shape, data } };
};

const bytes = ({ buffer }: { readonly buffer: ArrayBufferLike }) => new Uint8Array(buffer);

const pairOf = (from: number, to: number) =>
  fc.tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to }));

it("gives the integers of ONNX Runtime's own convolution, for any geometry", async () => {
  const pad = fc.integer({ min: 0, max: 2 });
  const geometry = fc.record({
    batch: fc.integer({ min: 1, max: 2 }),
    channels: fc.integer({ min: 16, max: 20 }),
    size: pairOf(5, 9),
    kernel: pairOf(1, 3),
    strides: pairOf(1, 2),
    dilations: pairOf(1, 2),
    pads: fc.tuple(pad, pad, pad, pad),
    biased: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(geometry, async (convolved) => {
      const model = convolution(convolved);
      const feeds = feedsOf(convolved);
      const [{ y: plain }, { y: quantized }] = [
        await evaluate(model, [], feeds),
        await evaluate(model, [quantize()], feeds),
      ];
      expect(quantized!.shape).toEqual(plain!.shape);
      expect(quantized!.data).toEqual(plain!.data);
      const [, , height = 1, width = 1] = plain!.shape;
      const isQuantized = namesOf(lower(model, [quantize()]), "Conv").length === 0;
      expect(isQuantized).toBe(convolved.batch * height * width >= 16);
    }),
    { numRuns: 60 },
  );
});

it("puts together an image that is too large to be gathered at once", async () => {
  const convolved: Convolution = {
    batch: 1,
    channels: 32,
    size: [251, 247],
    kernel: [3, 3],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [1, 1, 1, 1],
    biased: true,
  };
  const model = convolution(convolved);
  expect(namesOf(lower(model, [quantize()]), "MatMulIntegerToFloat")).toHaveLength(2);
  const feeds = feedsOf(convolved);
  const [{ y: plain }, { y: quantized }] = [
    await evaluate(model, [], feeds),
    await evaluate(model, [quantize()], feeds),
  ];
  expect(Buffer.compare(bytes(quantized!.data), bytes(plain!.data))).toBe(0);
});

it("keeps the ranges of a concatenation's parts apart", async () => {
  const size = 6;
  const graph = new GraphBuilder({ name: "shortcut", opsets: { "": 23 } });
  const [small, large] = ["small", "large"].map((name) => graph.input(name, "float32", [1, 16, size, size]));
  // The large part is multiplied by zero: all that it could do is to widen the range of the small one.
  const weights = integers(OUTPUTS * 32, -127, 3).map((weight, i) => (i % 32 < 16 ? weight : 0));
  const w = graph.initializer("w", float32Data(weights, [OUTPUTS, 32, 1, 1]));
  const joined = graph.op("Concat", [small, large], { axis: int(1) });
  graph.output("y", graph.op("Conv", [joined, w], { kernel_shape: ints([1, 1]) }));
  const data = integers(16 * size * size, -128, 8);
  const shape = [1, 16, size, size];
  const feeds = {
    small: { dtype: "float32", shape, data },
    large: { dtype: "float32", shape, data: data.map((number) => 1000 * number) },
  };
  const model = graph.build();
  const [{ y: plain }, { y: quantized }] = [
    await evaluate(model, [], feeds),
    await evaluate(model, [quantize()], feeds),
  ];
  expect(quantized!.data).toEqual(plain!.data);
});
