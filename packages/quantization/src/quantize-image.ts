import { CONTRIB_DOMAIN } from "@sunstep/graph-passes";
import type { NodeEmitter, Value } from "@sunstep/onnx-graph";
import { toRows } from "./image-rows.js";
import { PRODUCTS } from "./products.js";
import type { QuantizedWeight } from "./quantize-weight.js";

/** An image in 8 bits, quantised by its own range: (byte - zero point) times the scale. */
export interface QuantizedImage {
  /** [batch, positions, channels], uint8 */
  readonly rows: Value;
  readonly scale: Value;
  readonly zeroPoint: Value;
}

/** Quantises [batch, channels, height, width], and then makes rows of it: a quarter of the bytes to transpose. */
export function quantizeImage(emit: NodeEmitter, image: Value): QuantizedImage {
  const [bytes, scale, zeroPoint] = emit.ops("DynamicQuantizeLinear", [image], 3) as [Value, Value, Value];
  return { rows: toRows(emit, bytes), scale, zeroPoint };
}

/** Multiplies rows with a weight: [batch, rows, outputs], float32. */
export function multiplyRows(
  emit: NodeEmitter,
  { rows, scale, zeroPoint }: QuantizedImage,
  weight: QuantizedWeight,
  bias: Value | undefined,
): Value {
  const inputs = [rows, weight.integers, scale, weight.scale, zeroPoint, undefined, bias];
  return emit.op(PRODUCTS.rows, inputs, {}, { domain: CONTRIB_DOMAIN });
}
