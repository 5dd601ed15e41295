import { elementCount } from "@sunstep/tensor";
import { intsAttribute, numberAttribute } from "../attributes.js";
import { inlineNumbers } from "../data.js";
import { type Constant, type FoldedNode, type FoldingRule, roundTo } from "./constant.js";
import { broadcastOffset, mapIndices, stridesOf } from "./indices.js";

const first = ({ inputs }: FoldedNode): Constant => inputs[0]!;
const resultShape = ({ outputs }: FoldedNode) => outputs[0]!.shape;

/** The elements stay in their order. */
const same: FoldingRule = (node) => first(node).values;

const at = ({ shape, values }: Constant, index: readonly number[]): number => {
  const strides = stridesOf(shape);
  return values[index.reduce((offset, place, axis) => offset + place * strides[axis]!, 0)]!;
};

const axisOf = ({ attributes }: FoldedNode, rank: number, fallback: number): number => {
  const axis = numberAttribute(attributes, "axis", fallback);
  return axis < 0 ? axis + rank : axis;
};

const transpose: FoldingRule = (node) => {
  const data = first(node);
  const permutation =
    intsAttribute(node.attributes, "perm") ?? data.shape.map((_, i) => data.shape.length - 1 - i);
  const source = new Array<number>(data.shape.length).fill(0);
  return mapIndices(resultShape(node), (index) => {
    permutation.forEach((axis, i) => {
      source[axis] = index[i]!;
    });
    return at(data, source);
  });
};

const concat: FoldingRule = (node) => {
  const inputs = node.inputs.filter((input) => input !== undefined);
  const axis = axisOf(node, first(node).shape.length, 0);
  return mapIndices(resultShape(node), (index) => {
    let place = index[axis]!;
    const input = inputs.find(({ shape }) => {
      if (place < shape[axis]!) return true;
      place -= shape[axis]!;
      return false;
    });
    return at(input!, index.with(axis, place));
  });
};

const slice: FoldingRule = (node) => {
  const data = first(node);
  const [, starts, , axes, steps] = node.inputs;
  const begin = data.shape.map(() => 0);
  const stride = data.shape.map(() => 1);
  starts!.values.forEach((start, i) => {
    const given = axes?.values[i] ?? i;
    const axis = given < 0 ? given + data.shape.length : given;
    const size = data.shape[axis]!;
    const step = steps?.values[i] ?? 1;
    const last = step > 0 ? size : size - 1;
    begin[axis] = Math.min(Math.max(start < 0 ? start + size : start, 0), last);
    stride[axis] = step;
  });
  return mapIndices(resultShape(node), (index) =>
    at(
      data,
      index.map((place, axis) => begin[axis]! + place * stride[axis]!),
    ),
  );
};

const gather: FoldingRule = (node) => {
  const [data, indices] = node.inputs as [Constant, Constant];
  const axis = axisOf(node, data.shape.length, 0);
  const rank = indices.shape.length;
  return mapIndices(resultShape(node), (index) => {
    const given = at(indices, index.slice(axis, axis + rank));
    const place = given < 0 ? given + data.shape[axis]! : given;
    return at(data, [...index.slice(0, axis), place, ...index.slice(axis + rank)]);
  });
};

const repeated: FoldingRule = (node) => {
  const data = first(node);
  return mapIndices(
    resultShape(node),
    (index) =>
      data.values[
        broadcastOffset(
          index.map((place, axis) => place % (data.shape[axis - index.length + data.shape.length] ?? 1)),
          data.shape,
        )
      ]!,
  );
};

const trilu: FoldingRule = (node) => {
  const data = first(node);
  const upper = numberAttribute(node.attributes, "upper", 1) === 1;
  const shift = node.inputs[1]?.values[0] ?? 0;
  return mapIndices(data.shape, (index) => {
    const distance = index.at(-1)! - index.at(-2)! - shift;
    return (upper ? distance >= 0 : distance <= 0) ? at(data, index) : 0;
  });
};

const reduce =
  (join: (a: number, b: number) => number, start: number): FoldingRule =>
  (node) => {
    const data = first(node);
    const given = node.inputs[1]?.values ?? intsAttribute(node.attributes, "axes") ?? [];
    const rank = data.shape.length;
    const all = given.length === 0 && numberAttribute(node.attributes, "noop_with_empty_axes", 0) !== 1;
    const axes = new Set(
      all ? data.shape.map((_, i) => i) : given.map((axis) => (axis < 0 ? axis + rank : axis)),
    );
    const kept = data.shape.map((size, axis) => (axes.has(axis) ? 1 : size));
    const results = new Array<number>(elementCount(kept)).fill(start);
    const values = data.values.values();
    mapIndices(data.shape, (index) => {
      const place = broadcastOffset(index, kept);
      results[place] = join(results[place]!, values.next().value!);
    });
    return results.map((value) => roundTo(data.dtype, value));
  };

export const layoutFolding: Readonly<Record<string, FoldingRule>> = {
  Flatten: same,
  Reshape: same,
  Squeeze: same,
  Unsqueeze: same,
  Transpose: transpose,
  Concat: concat,
  Slice: slice,
  Gather: gather,
  Expand: repeated,
  Tile: repeated,
  Trilu: trilu,
  ReduceMax: reduce(Math.max, Number.NEGATIVE_INFINITY),
  ReduceMin: reduce(Math.min, Number.POSITIVE_INFINITY),
  ReduceProd: reduce((a, b) => a * b, 1),
  ReduceSum: reduce((a, b) => a + b, 0),
  ConstantOfShape: (node) => {
    const { value } = node.attributes;
    const [filled = 0] = value?.type === "tensor" ? (inlineNumbers(value.value) ?? []) : [];
    return new Array<number>(elementCount(resultShape(node))).fill(filled);
  },
  Range: (node) => {
    const [[start = 0], , [step = 1]] = node.inputs.map((input) => input!.values) as [
      readonly number[],
      readonly number[],
      readonly number[],
    ];
    return Array.from({ length: resultShape(node)[0]! }, (_, i) => start + i * step);
  },
};
