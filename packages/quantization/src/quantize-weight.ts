import { int, type NodeEmitter, type Value } from "@sunstep/onnx-graph";

/** A weight in 8 bits: integers times the scale of their column. */
export interface QuantizedWeight {
  /** [inputs, outputs], int8 from -127 to 127 */
  readonly integers: Value;
  /** [outputs], float32 */
  readonly scale: Value;
}

/** Keeps the scale of an output whose weights are all zero from being zero. */
const SMALLEST_SCALE = 1e-12;

/**
 * Quantises a constant weight [inputs, outputs] with a scale for each output: its largest magnitude becomes 127. The nodes
 * read constants alone, so that ONNX Runtime computes them while it loads or prepares the model.
 */
export function quantizeWeight(emit: NodeEmitter, weight: Value): QuantizedWeight {
  const largest = emit.op("ReduceMax", [emit.op("Abs", [weight]), emit.ints([0])], { keepdims: int(0) });
  const exact = emit.op("Div", [largest, emit.scalar(127)]);
  const scale = emit.op("Max", [exact, emit.scalar(SMALLEST_SCALE)], {}, { name: "scale" });
  const zeroPoints = emit.initializer("zero_points", {
    dtype: "int8",
    shape: scale.shape,
    data: { kind: "inline", bytes: new Uint8Array(scale.shape[0]!) },
  });
  const integers = emit.op("QuantizeLinear", [weight, scale, zeroPoints], { axis: int(1) });
  return { integers, scale };
}
