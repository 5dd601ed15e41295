// Small pieces that several rules emit.
import {
  codeOfDataType,
  type DataType,
  elementCount,
  int,
  ints,
  intsAttribute,
  type NodeEmitter,
  numberAttribute,
  type Value,
} from "@sunstep/onnx-graph";
import type { GradientContext } from "./rule.js";

/** A constant scalar of a value's element type. */
export function scalarLike(emit: NodeEmitter, { dtype }: { readonly dtype: DataType }, value: number): Value {
  const scalar = emit.scalar(value);
  return dtype === "float32" ? scalar : emit.op("Cast", [scalar], { to: int(codeOfDataType(dtype)) });
}

export function zeros(emit: NodeEmitter, { dtype, shape }: Pick<Value, "dtype" | "shape">): Value {
  return emit.op("Expand", [scalarLike(emit, { dtype }, 0), emit.ints(shape)]);
}

export function reshape(emit: NodeEmitter, value: Value, shape: readonly number[]): Value {
  return value.shape.join() === shape.join() ? value : emit.op("Reshape", [value, emit.ints(shape)]);
}

export function scaled(emit: NodeEmitter, value: Value, factor: number): Value {
  return factor === 1 ? value : emit.op("Mul", [value, scalarLike(emit, value, factor)]);
}

export function sum(emit: NodeEmitter, value: Value, axes: readonly number[], keepdims: boolean): Value {
  if (axes.length === 0) return value;
  return emit.op("ReduceSum", [value, emit.ints(axes)], { keepdims: int(keepdims ? 1 : 0) });
}

/** The gradient of what was broadcast from `shape`: summed over the axes that were stretched or added. */
export function sumTo(emit: NodeEmitter, gradient: Value, shape: readonly number[]): Value {
  const added = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((size, i) =>
    i < added || (shape[i - added] === 1 && size !== 1) ? [i] : [],
  );
  return reshape(emit, sum(emit, gradient, axes, true), shape);
}

/** Last two axes swapped. */
export function swapLast(emit: NodeEmitter, value: Value): Value {
  const rank = value.shape.length;
  const perm = value.shape.map((_, i) => (i < rank - 2 ? i : i === rank - 2 ? rank - 1 : rank - 2));
  return emit.op("Transpose", [value], { perm: ints(perm) });
}

/** Below any size: with a step of -1, up to and with element 0. */
const BEFORE_ALL = -Number.MAX_SAFE_INTEGER;

/** The elements along an axis, last first. */
export function reversed(emit: NodeEmitter, value: Value, axis: number): Value {
  const [from, to, along, step] = [-1, BEFORE_ALL, axis, -1].map((number) => emit.ints([number]));
  return emit.op("Slice", [value, from, to, along, step]);
}

/** [..., rows, columns] -> [all rows, columns] */
export function asMatrix(emit: NodeEmitter, value: Value): Value {
  const columns = value.shape.at(-1)!;
  return reshape(emit, value, [elementCount(value.shape) / columns, columns]);
}

export function axisOf({ node, type }: GradientContext, fallback: number): number {
  const axis = numberAttribute(node.attributes, "axis", fallback);
  return axis < 0 ? axis + type(0).shape.length : axis;
}

/** The axes of a reduction: an input in newer operator sets, an attribute in older ones; none given are all. */
function reducedAxes({ node, type, constant }: GradientContext): readonly number[] {
  const rank = type(0).shape.length;
  const axes = constant(1) ?? intsAttribute(node.attributes, "axes") ?? [];
  if (axes.length > 0) return axes.map((axis) => (axis < 0 ? axis + rank : axis));
  const all = Array.from({ length: rank }, (_, i) => i);
  return numberAttribute(node.attributes, "noop_with_empty_axes", 0) === 1 ? [] : all;
}

/** A value of a reduction's output shape with the reduced axes put back, of size 1. */
export function withReducedAxes(context: GradientContext, value: Value): Value {
  const axes = reducedAxes(context);
  const shape = context.type(0).shape.map((size, i) => (axes.includes(i) ? 1 : size));
  return reshape(context.emit, value, shape);
}
