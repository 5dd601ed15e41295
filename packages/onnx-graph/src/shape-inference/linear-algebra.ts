import { intsAttribute, numberAttribute, stringAttribute } from "../attributes.js";
import {
  broadcast,
  type InferenceInput,
  type InferenceRule,
  required,
  type StaticType,
  shapeError,
} from "./rule.js";

/** Numpy's product: a vector is a row on the left and a column on the right, and its axis is dropped from the result. */
function matmul(node: InferenceInput, transA: boolean, transB: boolean): StaticType[] {
  const a = required(node, 0);
  const b = required(node, 1);
  const [isRow, isColumn] = [a.shape.length === 1, b.shape.length === 1];
  if (a.shape.length === 0 || b.shape.length === 0) throw shapeError(node, "an operand is a scalar");
  const swap = (shape: readonly number[]) => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];
  const rows = isRow ? [1, ...a.shape] : a.shape;
  const columns = isColumn ? [...b.shape, 1] : b.shape;
  const left = transA ? swap(rows) : rows;
  const right = transB ? swap(columns) : columns;
  if (left.at(-1) !== right.at(-2)) throw shapeError(node, "inner dimensions differ");
  const batch = broadcast(node, left.slice(0, -2), right.slice(0, -2));
  const sizes = [...(isRow ? [] : [left.at(-2)!]), ...(isColumn ? [] : [right.at(-1)!])];
  return [{ dtype: a.dtype, shape: [...batch, ...sizes] }];
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

/** com.microsoft.NhwcConv: the kernel is [outputs, height, width, inputs] (onnxruntime's fusion_nhwc_conv.py). */
const nhwcConv: InferenceRule = (node) => {
  const toNchw = ({ dtype, shape: [n = 0, h = 0, w = 0, c = 0] }: StaticType): StaticType => ({
    dtype,
    shape: [n, c, h, w],
  });
  const inputs = [toNchw(required(node, 0)), toNchw(required(node, 1)), ...node.inputs.slice(2)];
  return conv({ ...node, inputs }).map(({ dtype, shape: [n = 0, c = 0, h = 0, w = 0] }) => ({
    dtype,
    shape: [n, h, w, c],
  }));
};

const convTranspose: InferenceRule = (node) => {
  const x = required(node, 0);
  const w = required(node, 1);
  const groups = numberAttribute(node.attributes, "group", 1);
  const spatial = x.shape.slice(2);
  const ones = spatial.map(() => 1);
  const dilations = intsAttribute(node.attributes, "dilations") ?? ones;
  const strides = intsAttribute(node.attributes, "strides") ?? ones;
  const given = intsAttribute(node.attributes, "output_shape");
  if (given)
    return [{ dtype: x.dtype, shape: [x.shape[0]!, w.shape[1]! * groups, ...given.slice(-spatial.length)] }];
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
  const shape = [...x.shape.slice(0, 2), ...out];
  const indices: StaticType = { dtype: "int64", shape };
  return [{ dtype: x.dtype, shape }, ...(node.op === "MaxPool" ? [indices] : [])];
};

const globalPool: InferenceRule = (node) => {
  const { dtype, shape } = required(node, 0);
  return [{ dtype, shape: [...shape.slice(0, 2), ...shape.slice(2).map(() => 1)] }];
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
  "com.microsoft:NhwcConv": nhwcConv,
  ConvTranspose: convTranspose,
  MaxPool: pool,
  AveragePool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
};
