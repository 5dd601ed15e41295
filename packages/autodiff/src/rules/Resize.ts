import { elementCount, ints, stringAttribute } from "@sunstep/onnx-graph";
import { reshape, scaled } from "../composite-operators.js";
import { type GradientContext, type GradientRule, unsupported } from "../rule.js";

/** Input coordinates of output coordinate x (ONNX operator specification, Resize). */
const coordinates: Readonly<
  Record<string, (x: number, scale: number, size: number, resized: number) => number>
> = {
  asymmetric: (x, scale) => x / scale,
  half_pixel: (x, scale) => (x + 0.5) / scale - 0.5,
  pytorch_half_pixel: (x, scale, _, resized) => (resized > 1 ? (x + 0.5) / scale - 0.5 : 0),
  align_corners: (x, _, size, resized) => (resized > 1 ? (x * (size - 1)) / (resized - 1) : 0),
};

const roundings: Readonly<Record<string, (x: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
};

/** The input position that each output position copies, for each axis. */
function sources(context: GradientContext): number[][] {
  const { node, type, gradient, constant } = context;
  const { attributes } = node;
  const coordinate = coordinates[stringAttribute(attributes, "coordinate_transformation_mode", "half_pixel")];
  const round = roundings[stringAttribute(attributes, "nearest_mode", "round_prefer_floor")];
  const nearest = stringAttribute(attributes, "mode", "nearest") === "nearest";
  if (!nearest || !coordinate || !round || attributes.axes)
    throw unsupported(context, "modes other than nearest, or axes");
  const scales = constant(2);
  return type(0).shape.map((size, axis) => {
    const resized = gradient.shape[axis]!;
    const scale = scales?.[axis] ?? resized / size;
    return Array.from({ length: resized }, (_, x) =>
      Math.min(Math.max(round(coordinate(x, scale, size, resized)), 0), size - 1),
    );
  });
}

/** The block that every pixel became, if all blocks are equal and images and channels stayed. */
function blockSize(from: readonly number[], maps: readonly (readonly number[])[]): number[] | undefined {
  const factors = from.map((size, axis) => maps[axis]!.length / size);
  const even = maps.every((map, axis) => map.every((source, x) => source === Math.floor(x / factors[axis]!)));
  const isImage = from.length === 4 && factors[0] === 1 && factors[1] === 1;
  return isImage && even && factors.every(Number.isInteger) ? factors.slice(2) : undefined;
}

/** Sums each input position's copies: average pooling times a block's size, or a product with a matrix of ones and zeros. */
export const Resize: GradientRule = (context) => {
  const { emit, gradient, type } = context;
  const { shape } = type(0);
  const maps = sources(context);
  const block = blockSize(shape, maps);
  if (block) {
    const window = ints(block);
    const averages = emit.op("AveragePool", [gradient], { kernel_shape: window, strides: window });
    return [scaled(emit, averages, elementCount(block))];
  }
  return [
    maps.reduce((value, map, axis) => {
      const [size, resized] = [shape[axis]!, map.length];
      if (map.length === size && map.every((source, x) => source === x)) return value;
      const copies = Array.from({ length: size * resized }, (_, i) =>
        map[i % resized] === Math.floor(i / resized) ? 1 : 0,
      );
      const before = value.shape.slice(0, axis);
      const after = value.shape.slice(axis + 1);
      const slices = reshape(emit, value, [elementCount(before), resized, elementCount(after)]);
      const sums = emit.op("MatMul", [emit.floats(copies, [size, resized]), slices]);
      return reshape(emit, sums, [...before, size, ...after]);
    }, gradient),
  ];
};
