import type { DataType } from "@sunstep/onnx-graph";

/** Floating-point types in ONNX's numbering (onnx.proto3, TensorProto.DataType). */
const codes: Partial<Record<DataType, number>> = { float32: 1, float16: 10, float64: 11, bfloat16: 16 };

export function isFloat(dtype: DataType): boolean {
  return codes[dtype] !== undefined;
}

export function dataTypeCode(dtype: DataType): number {
  return codes[dtype] ?? 1;
}
