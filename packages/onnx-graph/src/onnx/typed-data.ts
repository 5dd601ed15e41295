import type { DataType } from "../model.js";

type TypedArrayConstructor = new (values: number[]) => { readonly buffer: ArrayBufferLike };

// int32_data carries the small integer types and the bit patterns of the half types (onnx.proto, TensorProto).
const constructors: Partial<Record<DataType, TypedArrayConstructor>> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
};

/** Returns the bytes of a tensor that is stored in one of the typed fields instead of raw_data. */
export function typedDataBytes(dtype: DataType, numbers: number[], bigints: bigint[]): Uint8Array {
  if (dtype === "int64") return new Uint8Array(BigInt64Array.from(bigints).buffer);
  if (dtype === "uint64") return new Uint8Array(BigUint64Array.from(bigints).buffer);
  const ArrayType = constructors[dtype];
  if (!ArrayType) return new Uint8Array();
  const values = bigints.length > 0 ? bigints.map(Number) : numbers;
  return new Uint8Array(new ArrayType(values).buffer);
}
