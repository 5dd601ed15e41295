// Short sequences of operators that several rules emit.
import {
  codeOfDataType,
  type DataType,
  elementCount,
  int,
  ints,
  type NodeEmitter,
  type Value,
} from "@sunstep/onnx-graph";

/** A constant scalar of another value's element type. */
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

/** Sums the gradient of a value that was broadcast from `shape` over the axes that were stretched or added. */
export function sumTo(emit: NodeEmitter, gradient: Value, shape: readonly number[]): Value {
  const added = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((size, i) =>
    i < added || (shape[i - added] === 1 && size !== 1) ? [i] : [],
  );
  return reshape(emit, sum(emit, gradient, axes, true), shape);
}

/** Swaps the last two axes. */
export function swapLast(emit: NodeEmitter, value: Value): Value {
  const rank = value.shape.length;
  const perm = value.shape.map((_, i) => (i < rank - 2 ? i : i === rank - 2 ? rank - 1 : rank - 2));
  return emit.op("Transpose", [value], { perm: ints(perm) });
}

/** The end of a slice with step -1 that takes element 0 too. */
const BEFORE_ALL = -Number.MAX_SAFE_INTEGER;

/** Reverses the elements along an axis. */
export function reversed(emit: NodeEmitter, value: Value, axis: number): Value {
  const [from, to, along, step] = [-1, BEFORE_ALL, axis, -1].map((number) => emit.ints([number]));
  return emit.op("Slice", [value, from, to, along, step]);
}

/** [..., rows, columns] -> [all rows, columns] */
export function asMatrix(emit: NodeEmitter, value: Value): Value {
  const columns = value.shape.at(-1)!;
  return reshape(emit, value, [elementCount(value.shape) / columns, columns]);
}
