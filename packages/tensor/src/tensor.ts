// A tensor is a plain object: element type, shape, and a typed array in row-major order.

import { arrayClasses, bytesPerElement, type DataType, type DataTypeArrays } from "./data-type.js";
import { tensorError } from "./errors.js";

export interface Tensor<T extends DataType = DataType> {
  readonly dtype: T;
  readonly shape: readonly number[];
  /** Row-major elements; float16 and bfloat16 as their bits. */
  readonly data: DataTypeArrays[T];
}

/** Number of elements of a shape; 1 for a scalar's `[]`. Throws `TENSOR_SHAPE` unless all sizes are integers >= 0. */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) {
      throw tensorError(
        "TENSOR_SHAPE",
        `shape [${shape}] has size ${size}: sizes are integers of at least 0`,
        {
          shape,
        },
      );
    }
    count *= size;
  }
  return count;
}

/**
 * Puts a shape on a typed array, without a copy.
 *
 * Throws `TENSOR_SHAPE` when the shape does not have `data.length` elements and `TENSOR_DATA_TYPE` when the array is
 * not the one that holds `dtype`. `dtype` is float32 unless given.
 */
export function tensor(data: Float32Array, shape: readonly number[]): Tensor<"float32">;
export function tensor<T extends DataType>(
  data: DataTypeArrays[NoInfer<T>],
  shape: readonly number[],
  dtype: T,
): Tensor<T>;
export function tensor(
  data: DataTypeArrays[DataType],
  shape: readonly number[],
  dtype: DataType = "float32",
): Tensor {
  bytesPerElement(dtype);
  const expected = arrayClasses[dtype];
  if (!(data instanceof expected)) {
    throw tensorError(
      "TENSOR_DATA_TYPE",
      `a ${dtype} tensor holds a ${expected.name}, not a ${Object.prototype.toString.call(data).slice(8, -1)}`,
      { dtype },
    );
  }
  if (elementCount(shape) !== data.length) {
    throw tensorError(
      "TENSOR_SHAPE",
      `shape [${shape}] has ${elementCount(shape)} elements, the array has ${data.length}`,
      { shape, length: data.length },
    );
  }
  return { dtype, shape: [...shape], data };
}

/** A tensor of zeros. */
export function zeros<T extends DataType = "float32">(shape: readonly number[], dtype?: T): Tensor<T>;
export function zeros(shape: readonly number[], dtype: DataType = "float32"): Tensor {
  bytesPerElement(dtype);
  return { dtype, shape: [...shape], data: new arrayClasses[dtype](elementCount(shape)) };
}
