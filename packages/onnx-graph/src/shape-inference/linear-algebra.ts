import { intsAttribute, numberAttribute, stringAttribute } from "../attributes.js";
import {
  broadcast,
  type InferenceInput,
  type InferenceRule,
  required,
  type StaticType,
  shapeError,
} from "./rule.js";

function matmul(node: InferenceInput, transA: boolean, transB: boolean): StaticType[] {
  const a = required(node, 0);
  const b = required(node, 1);
  if (a.shape.length < 2 || b.shape.length < 2)
    throw shapeError(node, "operands need at least two dimensions");
  const swap = (shape: readonly number[]) => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];
  const left = transA ? swap(a.shape) : a.shape;
  const right = transB ? swap(b.shape) : b.shape;
  if (left.at(-1) !== right.at(-2)) throw shapeError(node, "inner dimensions differ");
  const batch = broadcast(node, left.slice(0, -2), right.slice(0, -2));
  return [{ dtype: a.dtype, shape: [...batch, left.at(-2)!, right.at(-1)!] }];
}

/** Spatial padding as [begin, end] per axis, from `pads` or `auto_pad`. */
function spatialPads(
  node: InferenceInput,
  input: readonly number[],
  kernel: readonly number[],
  strides: readonly number[],
): (readonly [number, number])[] {
  const pads = intsAttribute(node.attributes, "pads");
  const autoPad = stringAttribute(node.attributes, "auto_pad", "NOTSET");
  return kernel.map((size, i) => {
    if (autoPad === "SAME_UPPER" || autoPad === "SAME_LOWER") {
      const stride = strides[i]!;
      const total = Math.max(0, (Math.ceil(input[i]! / stride) - 1) * stride + size - input[i]!);
      return [Math.floor(total / 2), Math.ceil(total / 2)];
    }
    return pads ? [pads[i]!, pads[i + kernel.length]!] : [0, 0];
  });
}

const conv: InferenceRule = (node) => {
  const x = required(node, 0);
  const w = required(node, 1);
  const groups = numberAttribute(node.attributes, "group", 1);
  if (x.shape.length !== w.shape.length) throw shapeError(node, "input and kernel ranks differ");
  if (x.shape[1] !== w.shape[1]! * groups)
    throw shapeError(node, `input has ${x.shape[1]} channels, the kernel takes ${w.shape[1]! * groups}`);
  const spatial = x.shape.slice(2);
  const dilations = intsAttribute(node.attributes, "dilations") ?? spatial.map(() => 1);
  const strides = intsAttribute(node.attributes, "strides") ?? spatial.map(() => 1);
  const extent = w.shape.slice(2).map((size, i) => (size - 1) * dilations[i]! + 1);
  const pads = spatialPads(node, spatial, extent, strides);
  const out = spatial.map(
    (size, i) => Math.floor((size + pads[i]![0] + pads[i]![1] - extent[i]!) / strides[i]!) + 1,
  );
  return [{ dtype: x.dtype, shape: [x.shape[0]!, w.shape[0]!, ...out] }];
};

const convTranspose: InferenceRule = (node) => {
  const x = required(node, 0);
  const w = required(node, 1);
  const groups = numberAttribute(node.attributes, "group", 1);
  const spatial = x.shape.slice(2);
  const ones = spatial.map(() => 1);
  const dilations = intsAttribute(node.attributes, "dilations") ?? ones;
  const strides = intsAttribute(node.attributes, "strides") ?? ones;
  const extra = intsAttribute(node.attributes, "output_padding") ?? spatial.map(() => 0);
  const extent = w.shape.slice(2).map((size, i) => (size - 1) * dilations[i]! + 1);
  // ONNX Runtime and the operator specification disagree about the size.
  if (stringAttribute(node.attributes, "auto_pad", "NOTSET").startsWith("SAME"))
    throw shapeError(node, "auto_pad SAME is not supported, give pads");
  const pads = spatialPads(node, spatial, extent, strides);
  const out = spatial.map(
    (size, i) => (size - 1) * strides[i]! + extent[i]! + extra[i]! - pads[i]![0] - pads[i]![1],
  );
  return [{ dtype: x.dtype, shape: [x.shape[0]!, w.shape[1]! * groups, ...out] }];
};

const pool: InferenceRule = (node) => {
  const x = required(node, 0);
  const spatial = x.shape.slice(2);
  const kernel = intsAttribute(node.attributes, "kernel_shape") ?? spatial;
  const strides = intsAttribute(node.attributes, "strides") ?? spatial.map(() => 1);
  const dilations = intsAttribute(node.attributes, "dilations") ?? spatial.map(() => 1);
  const extent = kernel.map((size, i) => (size - 1) * dilations[i]! + 1);
  const ceil = numberAttribute(node.attributes, "ceil_mode", 0) === 1;
  const pads = spatialPads(node, spatial, extent, strides);
  const out = spatial.map((size, i) => {
    const [begin, end] = pads[i]!;
    const steps = (size + begin + end - extent[i]!) / strides[i]!;
    if (!ceil) return Math.floor(steps) + 1;
    // A window that would begin in the end padding is left out (operator specification, since opset 22).
    const count = Math.ceil(steps) + 1;
    return (count - 1) * strides[i]! >= size + begin ? count - 1 : count;
  });
  return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...out] }];
};

/** ai.onnx Attention (opset 23): 4D [batch, heads, tokens, head size] or 3D [batch, tokens, hidden]. */
const attention: InferenceRule = (node) => {
  const q = required(node, 0);
  const k = required(node, 1);
  const v = required(node, 2);
  if (q.shape.length === 4) {
    if (q.shape[3] !== k.shape[3] || k.shape[2] !== v.shape[2])
      throw shapeError(node, "query, key and value do not fit");
    return [{ dtype: q.dtype, shape: [...q.shape.slice(0, 3), v.shape[3]!] }];
  }
  const qHeads = numberAttribute(node.attributes, "q_num_heads", 0);
  const kvHeads = numberAttribute(node.attributes, "kv_num_heads", qHeads);
  if (!qHeads || q.shape[2]! % qHeads || k.shape[1] !== v.shape[1])
    throw shapeError(node, "query, key and value do not fit");
  if (q.shape[2]! / qHeads !== k.shape[2]! / kvHeads)
    throw shapeError(node, "query and key head sizes differ");
  return [{ dtype: q.dtype, shape: [q.shape[0]!, q.shape[1]!, (v.shape[2]! / kvHeads) * qHeads] }];
};

export const linearAlgebraRules: Record<string, InferenceRule> = {
  MatMul: (node) => matmul(node, false, false),
  "com.microsoft:FusedMatMul": (node) =>
    matmul(
      node,
      numberAttribute(node.attributes, "transA", 0) === 1,
      numberAttribute(node.attributes, "transB", 0) === 1,
    ),
  Gemm: (node) =>
    matmul(
      node,
      numberAttribute(node.attributes, "transA", 0) === 1,
      numberAttribute(node.attributes, "transB", 0) === 1,
    ),
  Conv: conv,
  "com.microsoft:FusedConv": conv,
  ConvTranspose: convTranspose,
  MaxPool: pool,
  AveragePool: pool,
  GlobalAveragePool: (node) => {
    const { dtype, shape } = required(node, 0);
    return [{ dtype, shape: [...shape.slice(0, 2), ...shape.slice(2).map(() => 1)] }];
  },
  Attention: attention,
  // com.microsoft.MultiHeadAttention with unpacked 3D query, key and value
  "com.microsoft:MultiHeadAttention": (node) => {
    const q = required(node, 0);
    const v = required(node, 2);
    return [{ dtype: q.dtype, shape: [q.shape[0]!, q.shape[1]!, v.shape[2]!] }];
  },
};
