import type { ValueType } from "@sunstep/onnx-graph";

const floats: ReadonlySet<ValueType["dtype"]> = new Set(["float32", "float16", "float64", "bfloat16"]);

/** Tells whether values of this type have gradients. */
export function isFloat(dtype: ValueType["dtype"]): boolean {
  return floats.has(dtype);
}
