import { bytesPerElement, decodeBfloat16, decodeFloat16, elementCount } from "@sunstep/tensor";
import { onnxError } from "./errors.js";
import type { DataType, Dimension, Initializer, InlineData, Integer } from "./model.js";
import { countStrings } from "./onnx/string-data.js";

export function byteLength(dtype: DataType, shape: readonly number[]): number {
  return dtype === "string" ? 0 : bytesPerElement(dtype) * elementCount(shape);
}

/** Returns the shape if every dimension is known. */
export function staticShape(shape: readonly Dimension[] | undefined): readonly number[] | undefined {
  return shape?.every((size): size is number => typeof size === "number")
    ? (shape as readonly number[])
    : undefined;
}

export function float32Data(values: readonly number[] | Float32Array, shape: readonly number[]): Initializer {
  const array = Float32Array.from(values);
  return { dtype: "float32", shape, data: inline(array) };
}

export function int64Data(
  values: readonly Integer[],
  shape: readonly number[] = [values.length],
): Initializer {
  return { dtype: "int64", shape, data: inline(BigInt64Array.from(values, BigInt)) };
}

export function boolData(values: readonly boolean[], shape: readonly number[]): Initializer {
  return { dtype: "bool", shape, data: inline(Uint8Array.from(values, Number)) };
}

function inline(array: Float32Array | BigInt64Array | Uint8Array): InlineData {
  return { kind: "inline", bytes: new Uint8Array(array.buffer, array.byteOffset, array.byteLength) };
}

/** Returns the elements of an inline initializer as numbers; undefined for external data and strings. */
export function inlineNumbers(initializer: Initializer): number[] | undefined {
  if (initializer.data.kind !== "inline") return undefined;
  const { bytes } = initializer.data;
  const decode = halfDecoders[initializer.dtype];
  // Bytes of a file may lie at an odd offset, where no Uint16Array can.
  if (decode) return Array.from(decode(new Uint16Array(new Uint8Array(bytes).buffer)));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = elementReaders[initializer.dtype];
  if (!read || initializer.dtype === "string") return undefined;
  const size = bytesPerElement(initializer.dtype);
  return Array.from({ length: bytes.byteLength / size }, (_, i) => read(view, i * size));
}

const halfDecoders: Partial<Record<DataType, (bits: Uint16Array) => Float32Array>> = {
  float16: decodeFloat16,
  bfloat16: decodeBfloat16,
};

const elementReaders: Partial<Record<DataType, (view: DataView, at: number) => number>> = {
  float32: (view, at) => view.getFloat32(at, true),
  float64: (view, at) => view.getFloat64(at, true),
  int8: (view, at) => view.getInt8(at),
  uint8: (view, at) => view.getUint8(at),
  int16: (view, at) => view.getInt16(at, true),
  uint16: (view, at) => view.getUint16(at, true),
  int32: (view, at) => view.getInt32(at, true),
  uint32: (view, at) => view.getUint32(at, true),
  int64: (view, at) => Number(view.getBigInt64(at, true)),
  uint64: (view, at) => Number(view.getBigUint64(at, true)),
  bool: (view, at) => view.getUint8(at),
};

/** Throws ONNX_INITIALIZER_SIZE for a negative size, or for data of another length than type and shape need. */
export function checkInitializer(name: string, { dtype, shape, data }: Initializer): void {
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw onnxError(
      "ONNX_INITIALIZER_SIZE",
      `initializer ${name} (${dtype} [${shape.join(", ")}]): sizes are integers of at least 0`,
      { initializer: name, shape },
    );
  }
  if (dtype === "string") {
    checkStrings(name, { dtype, shape, data });
    return;
  }
  const needed = byteLength(dtype, shape);
  const given = data.kind === "inline" ? data.bytes.byteLength : data.length;
  if (given !== needed) {
    throw onnxError(
      "ONNX_INITIALIZER_SIZE",
      `initializer ${name} (${dtype} [${shape.join(", ")}]) needs ${needed} bytes, has ${given}`,
      { initializer: name, needed, given },
    );
  }
}

function checkStrings(name: string, { shape, data }: Initializer): void {
  const given = data.kind === "inline" ? countStrings(data.bytes) : undefined;
  if (given === elementCount(shape)) return;
  throw onnxError(
    "ONNX_INITIALIZER_SIZE",
    `initializer ${name} (string [${shape.join(", ")}]) needs ${elementCount(shape)} strings, has ${given ?? "external data"}`,
    { initializer: name, needed: elementCount(shape), given },
  );
}
