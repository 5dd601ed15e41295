import { elementCount } from "@sunstep/tensor";
import { intsAttribute, numberAttribute } from "../attributes.js";
import {
  broadcast,
  type InferenceInput,
  type InferenceRule,
  normalizeAxis,
  required,
  requiredConstant,
  shapeError,
} from "./rule.js";

/** Axes from an input (newer operator sets) or an attribute (older ones). */
function axes(node: InferenceInput, input: number): readonly number[] | undefined {
  return node.inputs[input] ? requiredConstant(node, input) : intsAttribute(node.attributes, "axes");
}

const reshape: InferenceRule = (node) => {
  const { dtype, shape } = required(node, 0);
  const wanted = requiredConstant(node, 1);
  const allowZero = numberAttribute(node.attributes, "allowzero", 0) === 1;
  const sizes = wanted.map((size, i) => (size === 0 && !allowZero ? shape[i]! : size));
  const isSize = (size: number) => Number.isInteger(size) && size >= 0;
  const fixed = sizes.filter((size) => size !== -1);
  const known = fixed.every(isSize) ? elementCount(fixed) : Number.NaN;
  const result = sizes.map((size) => (size === -1 ? elementCount(shape) / known : size));
  if (!result.every(isSize) || elementCount(result) !== elementCount(shape))
    throw shapeError(node, `cannot become [${wanted.join(", ")}]`);
  return [{ dtype, shape: result }];
};

const slice: InferenceRule = (node) => {
  const { dtype, shape } = required(node, 0);
  const starts = requiredConstant(node, 1);
  const ends = requiredConstant(node, 2);
  const along = node.inputs[3] ? requiredConstant(node, 3) : starts.map((_, i) => i);
  const steps = node.inputs[4] ? requiredConstant(node, 4) : starts.map(() => 1);
  const result = [...shape];
  along.forEach((axis, i) => {
    const d = normalizeAxis(node, axis, shape.length);
    const size = shape[d]!;
    const step = steps[i]!;
    const clamp = (at: number, low: number, high: number) =>
      Math.min(Math.max(at < 0 ? at + size : at, low), high);
    const start = step > 0 ? clamp(starts[i]!, 0, size) : clamp(starts[i]!, 0, size - 1);
    const end = step > 0 ? clamp(ends[i]!, 0, size) : clamp(ends[i]!, -1, size - 1);
    result[d] = Math.max(0, Math.ceil((end - start) / step));
  });
  return [{ dtype, shape: result }];
};

const split: InferenceRule = (node) => {
  const { dtype, shape } = required(node, 0);
  const axis = normalizeAxis(node, numberAttribute(node.attributes, "axis", 0), shape.length);
  const size = shape[axis]!;
  const chunk = Math.ceil(size / node.outputCount);
  const sizes = node.inputs[1]
    ? requiredConstant(node, 1)
    : (intsAttribute(node.attributes, "split") ??
      Array.from({ length: node.outputCount }, (_, i) => Math.min(chunk, size - i * chunk)));
  if (sizes.reduce((sum, part) => sum + part, 0) !== size) throw shapeError(node, "parts do not add up");
  return sizes.map((part) => ({ dtype, shape: shape.map((own, i) => (i === axis ? part : own)) }));
};

const concat: InferenceRule = (node) => {
  const first = required(node, 0);
  const axis = normalizeAxis(node, numberAttribute(node.attributes, "axis", 0), first.shape.length);
  const shapes = node.inputs.map((_, i) => required(node, i).shape);
  for (const shape of shapes) {
    if (
      shape.length !== first.shape.length ||
      shape.some((size, i) => i !== axis && size !== first.shape[i])
    ) {
      throw shapeError(node, `shapes differ outside axis ${axis}`);
    }
  }
  const total = shapes.reduce((sum, shape) => sum + shape[axis]!, 0);
  return [{ dtype: first.dtype, shape: first.shape.map((size, i) => (i === axis ? total : size)) }];
};

const gather: InferenceRule = (node) => {
  const data = required(node, 0);
  const axis = normalizeAxis(node, numberAttribute(node.attributes, "axis", 0), data.shape.length);
  const shape = [...data.shape.slice(0, axis), ...required(node, 1).shape, ...data.shape.slice(axis + 1)];
  return [{ dtype: data.dtype, shape }];
};

const unsqueeze: InferenceRule = (node) => {
  const { dtype, shape } = required(node, 0);
  const added = axes(node, 1) ?? [];
  const rank = shape.length + added.length;
  const positions = new Set(added.map((axis) => normalizeAxis(node, axis, rank)));
  const rest = [...shape];
  return [{ dtype, shape: Array.from({ length: rank }, (_, i) => (positions.has(i) ? 1 : rest.shift()!)) }];
};

const squeeze: InferenceRule = (node) => {
  const { dtype, shape } = required(node, 0);
  const removed = axes(node, 1)?.map((axis) => normalizeAxis(node, axis, shape.length));
  return [{ dtype, shape: shape.filter((size, i) => (removed ? !removed.includes(i) : size !== 1)) }];
};

/** Without axes, or with an empty list of them, all are reduced, unless `noop_with_empty_axes` says none. */
const reduce: InferenceRule = (node) => {
  const { dtype, shape } = required(node, 0);
  const given = axes(node, 1) ?? [];
  const none = given.length === 0 && numberAttribute(node.attributes, "noop_with_empty_axes", 0) === 1;
  const all = none ? [] : shape.map((_, i) => i);
  const along = given.length > 0 ? given.map((axis) => normalizeAxis(node, axis, shape.length)) : all;
  const keep = numberAttribute(node.attributes, "keepdims", 1) === 1;
  const sizes = shape.map((size, i) => (along.includes(i) ? 1 : size));
  return [{ dtype, shape: keep ? sizes : sizes.filter((_, i) => !along.includes(i)) }];
};

const argReduce: InferenceRule = (node) => {
  const { shape } = required(node, 0);
  const axis = normalizeAxis(node, numberAttribute(node.attributes, "axis", 0), shape.length);
  const keep = numberAttribute(node.attributes, "keepdims", 1) === 1;
  return [
    {
      dtype: "int64",
      shape: keep ? shape.map((size, i) => (i === axis ? 1 : size)) : shape.filter((_, i) => i !== axis),
    },
  ];
};

const topK: InferenceRule = (node) => {
  const { dtype, shape } = required(node, 0);
  const axis = normalizeAxis(node, numberAttribute(node.attributes, "axis", -1), shape.length);
  const count = node.inputs[1]
    ? requiredConstant(node, 1)[0]
    : numberAttribute(node.attributes, "k", Number.NaN);
  const kept = shape.map((size, i) => (i === axis ? count! : size));
  return [
    { dtype, shape: kept },
    { dtype: "int64", shape: kept },
  ];
};

const oneHot: InferenceRule = (node) => {
  const { shape } = required(node, 0);
  const [depth = Number.NaN] = requiredConstant(node, 1);
  const axis = normalizeAxis(node, numberAttribute(node.attributes, "axis", -1), shape.length + 1);
  return [{ dtype: required(node, 2).dtype, shape: [...shape.slice(0, axis), depth, ...shape.slice(axis)] }];
};

/** [batch, channels, height, width], with blocks of pixels moved to or from the channels. */
const movedBlocks =
  (toSpace: boolean): InferenceRule =>
  (node) => {
    const { dtype, shape } = required(node, 0);
    const block = numberAttribute(node.attributes, "blocksize", Number.NaN);
    const [batch = 1, channels = 1, ...sizes] = shape;
    const factor = toSpace ? block : 1 / block;
    return [{ dtype, shape: [batch, channels / factor ** 2, ...sizes.map((size) => size * factor)] }];
  };

const pad: InferenceRule = (node) => {
  const { dtype, shape } = required(node, 0);
  const pads = requiredConstant(node, 1);
  const along = node.inputs[3]
    ? requiredConstant(node, 3).map((axis) => normalizeAxis(node, axis, shape.length))
    : shape.map((_, i) => i);
  const result = [...shape];
  along.forEach((axis, i) => {
    result[axis] = shape[axis]! + pads[i]! + pads[i + along.length]!;
  });
  return [{ dtype, shape: result }];
};

const reductions =
  "ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSum ReduceLogSumExp";

export const layoutRules: Record<string, InferenceRule> = {
  Reshape: reshape,
  Slice: slice,
  Split: split,
  Concat: concat,
  Gather: gather,
  GatherElements: (node) => [{ dtype: required(node, 0).dtype, shape: required(node, 1).shape }],
  GatherND: (node) => {
    const { dtype, shape } = required(node, 0);
    const indices = required(node, 1).shape;
    const batchDims = numberAttribute(node.attributes, "batch_dims", 0);
    return [{ dtype, shape: [...indices.slice(0, -1), ...shape.slice(batchDims + indices.at(-1)!)] }];
  },
  ScatterElements: (node) => [required(node, 0)],
  Unsqueeze: unsqueeze,
  Squeeze: squeeze,
  Pad: pad,
  ArgMax: argReduce,
  ArgMin: argReduce,
  ...Object.fromEntries(reductions.split(" ").map((op) => [op, reduce])),
  Transpose: (node) => {
    const { dtype, shape } = required(node, 0);
    const permutation = intsAttribute(node.attributes, "perm") ?? shape.map((_, i) => shape.length - 1 - i);
    return [{ dtype, shape: permutation.map((axis) => shape[axis]!) }];
  },
  Flatten: (node) => {
    const { dtype, shape } = required(node, 0);
    const axis = numberAttribute(node.attributes, "axis", 1);
    return [{ dtype, shape: [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis))] }];
  },
  Expand: (node) => [
    {
      dtype: required(node, 0).dtype,
      shape: broadcast(node, required(node, 0).shape, requiredConstant(node, 1)),
    },
  ],
  Tile: (node) => {
    const repeats = requiredConstant(node, 1);
    const { dtype, shape } = required(node, 0);
    return [{ dtype, shape: shape.map((size, i) => size * repeats[i]!) }];
  },
  ScatterND: (node) => [required(node, 0)],
  TopK: topK,
  OneHot: oneHot,
  DepthToSpace: movedBlocks(true),
  SpaceToDepth: movedBlocks(false),
};
