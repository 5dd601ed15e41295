// Element types and the typed arrays that hold them. float16 and bfloat16 are held as their 16 bits.

import { tensorError } from "./errors.js";

/** The typed array that holds elements of each data type. */
export interface DataTypeArrays {
  float32: Float32Array;
  float16: Uint16Array;
  float64: Float64Array;
  bfloat16: Uint16Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  uint32: Uint32Array;
  int64: BigInt64Array;
  uint64: BigUint64Array;
  bool: Uint8Array;
}

export type DataType = keyof DataTypeArrays;

interface ArrayClass<A> {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): A;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): A;
}

/** The typed-array class of each data type. */
export const arrayClasses: { readonly [T in DataType]: ArrayClass<DataTypeArrays[T]> } = {
  float32: Float32Array,
  float16: Uint16Array,
  float64: Float64Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
};

/** All data types, in the order of `DataTypeArrays`. */
export const dataTypes = Object.keys(arrayClasses) as readonly DataType[];

/** Tells whether `name` is a data type. */
export function isDataType(name: unknown): name is DataType {
  return typeof name === "string" && Object.hasOwn(arrayClasses, name);
}

/** Bytes of one element. Throws `TENSOR_DATA_TYPE` for an unknown name. */
export function bytesPerElement(dtype: DataType): number {
  if (!isDataType(dtype)) {
    throw tensorError(
      "TENSOR_DATA_TYPE",
      `unknown data type ${String(dtype)}: use one of ${dataTypes.join(", ")}`,
      {
        dtype,
      },
    );
  }
  return arrayClasses[dtype].BYTES_PER_ELEMENT;
}
