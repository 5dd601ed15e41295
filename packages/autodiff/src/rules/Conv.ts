import {
  type Attributes,
  int,
  ints,
  intsAttribute,
  type NodeEmitter,
  numberAttribute,
  stringAttribute,
  type Value,
} from "@sunstep/onnx-graph";
import { asMatrix, reshape, reversed, sum } from "../composite-operators.js";
import { type GradientContext, type GradientRule, unsupported } from "../rule.js";

interface Geometry {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** All begins, then all ends. */
  readonly pads: readonly number[];
  readonly groups: number;
}

function geometryOf(context: GradientContext): Geometry {
  const { attributes } = context.node;
  if (!["NOTSET", "VALID"].includes(stringAttribute(attributes, "auto_pad", "NOTSET")))
    throw unsupported(context, "auto_pad SAME");
  const kernel = context.type(1).shape.slice(2);
  const ones = kernel.map(() => 1);
  return {
    kernel,
    strides: intsAttribute(attributes, "strides") ?? ones,
    dilations: intsAttribute(attributes, "dilations") ?? ones,
    pads: intsAttribute(attributes, "pads") ?? [...ones, ...ones].map(() => 0),
    groups: numberAttribute(attributes, "group", 1),
  };
}

/** [out, in, ...] -> [in, out, ...] with flipped kernels. A runtime folds it at load if the weight is constant. */
function flipped(emit: NodeEmitter, weight: Value): Value {
  const [out = 1, inputs = 1, ...kernel] = weight.shape;
  const area = kernel.reduce((product, size) => product * size, 1);
  const flat = reshape(emit, weight, [out, inputs, area]);
  const backwards = area === 1 ? flat : reversed(emit, flat, 2);
  const swapped = emit.op("Transpose", [backwards], { perm: ints([1, 0, 2]) });
  return reshape(emit, swapped, [inputs, out, ...kernel]);
}

/**
 * The convolution of g with the flipped kernel, which ONNX Runtime computes faster than a transposed convolution; with
 * strides it is a transposed convolution.
 */
function inputGradient({ emit, gradient, type, input }: GradientContext, geometry: Geometry): Value {
  const { kernel, strides, dilations, pads, groups } = geometry;
  const rank = kernel.length;
  const extents = kernel.map((size, i) => (size - 1) * dilations[i]!);
  const flippedPads = pads.map((pad, i) => extents[i % rank]! - pad);
  const shared: Attributes = { kernel_shape: ints(kernel), dilations: ints(dilations) };
  if (groups === 1 && strides.every((stride) => stride === 1) && flippedPads.every((pad) => pad >= 0))
    return emit.op("Conv", [gradient, flipped(emit, input(1))], { ...shared, pads: ints(flippedPads) });
  // Rows at the end that the kernel never reaches.
  const unread = type(0)
    .shape.slice(2)
    .map((size, i) => {
      return (size + pads[i]! + pads[i + rank]! - extents[i]! - 1) % strides[i]!;
    });
  return emit.op("ConvTranspose", [gradient, input(1)], {
    ...shared,
    pads: ints(pads),
    strides: ints(strides),
    output_padding: ints(unread),
    group: int(groups),
  });
}

/** Every combination of indices into `sizes`, the last index fastest. */
function positions(sizes: readonly number[]): number[][] {
  return sizes.reduce<number[][]>(
    (all, size) => all.flatMap((start) => Array.from({ length: size }, (_, i) => [...start, i])),
    [[]],
  );
}

/** g^T times the part of the input that a tap sees (padded, cut and strided, channels last), for each tap. */
function weightGradient(
  context: GradientContext,
  { kernel, strides, dilations, pads, groups }: Geometry,
): Value {
  const { emit, gradient, type, input } = context;
  if (groups !== 1) throw unsupported(context, "the weight of a grouped convolution");
  const [out = 1, inputs = 1] = type(1).shape;
  const rank = kernel.length;
  const channelsLast = ints([0, ...kernel.map((_, i) => i + 2), 1]);
  const image = emit.op("Transpose", [input(0)], { perm: channelsLast });
  const padded = pads.some((pad) => pad !== 0)
    ? emit.op("Pad", [image, emit.ints([0, ...pads.slice(0, rank), 0, 0, ...pads.slice(rank), 0])])
    : image;
  const outputs = asMatrix(emit, emit.op("Transpose", [gradient], { perm: channelsLast }));
  const axes = emit.ints(kernel.map((_, i) => i + 1));
  const taps = positions(kernel).map((tap) => {
    const starts = tap.map((at, i) => at * dilations[i]!);
    const ends = starts.map((start, i) => start + (gradient.shape[i + 2]! - 1) * strides[i]! + 1);
    const seen = emit.op("Slice", [padded, emit.ints(starts), emit.ints(ends), axes, emit.ints(strides)]);
    return emit.op("Gemm", [outputs, asMatrix(emit, seen)], { transA: int(1) });
  });
  const stacked = taps.length === 1 ? taps[0]! : emit.op("Concat", taps, { axis: int(0) });
  const byTap = emit.op("Transpose", [reshape(emit, stacked, [taps.length, out, inputs])], {
    perm: ints([1, 2, 0]),
  });
  return reshape(emit, byTap, [out, inputs, ...kernel]);
}

export const Conv: GradientRule = (context) => {
  const { emit, gradient, wants } = context;
  const geometry = geometryOf(context);
  const positionAxes = gradient.shape.flatMap((_, i) => (i === 1 ? [] : [i]));
  return [
    wants(0) ? inputGradient(context, geometry) : undefined,
    wants(1) ? weightGradient(context, geometry) : undefined,
    wants(2) ? sum(emit, gradient, positionAxes, false) : undefined,
  ];
};
