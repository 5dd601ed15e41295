import { onnxError } from "../errors.js";
import type { DataType } from "../model.js";

/** onnx.proto, enum TensorProto.DataType. */
const codes: Readonly<Record<DataType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
};

const types = new Map(Object.entries(codes).map(([type, code]) => [code, type as DataType]));

/** Returns the code of a type in ONNX files, which Cast's attribute `to` takes. */
export function codeOfDataType(dtype: DataType): number {
  return codes[dtype];
}

/** @throws GRAPH_DTYPE for float8, int4, complex and other types that typed arrays do not have */
export function dataTypeOfCode(code: number, place: string): DataType {
  const dtype = types.get(code);
  if (!dtype)
    throw onnxError("GRAPH_DTYPE", `${place}: ONNX element type ${code} is not supported`, { code });
  return dtype;
}
