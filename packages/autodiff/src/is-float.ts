import type { DataType } from "@sunstep/onnx-graph";

const floats: ReadonlySet<DataType> = new Set(["float32", "float16", "float64", "bfloat16"]);

/** Whether values of this type have gradients. */
export function isFloat(dtype: DataType): boolean {
  return floats.has(dtype);
}
