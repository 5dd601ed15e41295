import type { Attributes, DataType, Initializer } from "../model.js";
import type { StaticType } from "../shape-inference/rule.js";

/** A small constant by its elements; booleans are 0 and 1. */
export interface Constant extends StaticType {
  readonly values: readonly number[];
}

/** A node whose inputs are all constants. */
export interface FoldedNode {
  /** Absent optional inputs are undefined. */
  readonly inputs: readonly (Constant | undefined)[];
  readonly attributes: Attributes;
  /** Types of the outputs, as inferred. */
  readonly outputs: readonly StaticType[];
}

/** Computes the elements of a node's first output. */
export type FoldingRule = (node: FoldedNode) => readonly number[];

const MAX_INT64 = 2n ** 63n - 1n;

/** int64 limits as numbers lie just outside of int64, so they are clamped. */
function toInt64(value: number): bigint {
  const exact = BigInt(value);
  return exact > MAX_INT64 ? MAX_INT64 : exact < -MAX_INT64 ? -MAX_INT64 : exact;
}

const encoders: Partial<Record<DataType, (values: readonly number[]) => ArrayBufferView>> = {
  float32: Float32Array.from.bind(Float32Array),
  float64: Float64Array.from.bind(Float64Array),
  int64: (values) => BigInt64Array.from(values, toInt64),
  int32: Int32Array.from.bind(Int32Array),
  bool: Uint8Array.from.bind(Uint8Array),
};

/** Tells whether constants of a type can be written back. */
export function isFoldable(dtype: DataType): boolean {
  return dtype in encoders;
}

export function toInitializer({ dtype, shape, values }: Constant): Initializer {
  const { buffer, byteOffset, byteLength } = encoders[dtype]!(values);
  return { dtype, shape, data: { kind: "inline", bytes: new Uint8Array(buffer, byteOffset, byteLength) } };
}

/** Rounds a result to its type: float32's precision, whole numbers, 0 or 1. */
export function roundTo(dtype: DataType, value: number): number {
  if (dtype === "float32") return Math.fround(value);
  if (dtype === "float64") return value;
  return dtype === "bool" ? Number(value !== 0) : Math.trunc(value);
}
