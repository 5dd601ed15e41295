import { elementCount, emitWeight, int, type NodeEmitter, type Value } from "@sunstep/onnx-graph";
import type { LoraTarget, Magnitude } from "../lora.js";
import { emitUpdate, reshape } from "./emit-update.js";

/** Keeps a row of zeros from 0 / 0: float32's epsilon, as lycoris-lora's weight_decompose adds. */
const EPSILON = 2 ** -23;

/** Emits W' - W of one target in the shape of its weight, which is float32. */
export function emitChange(emit: NodeEmitter, weight: Value, target: LoraTarget, scale: number): Value {
  const { update, strength, magnitude } = target;
  if (!magnitude) return reshape(emit, emitUpdate(emit, update, scale * strength), weight.shape);
  const [outputs = 1, inputs = 1, ...kernel] = weight.shape;
  const [base, change] = [weight, emitUpdate(emit, update, strength)].map((value) =>
    reshape(emit, value, [outputs, inputs, elementCount(kernel)]),
  ) as [Value, Value];
  const decomposed = withMagnitude(emit, emit.op("Add", [base, change]), magnitude);
  const difference = emit.op("Sub", [decomposed, base]);
  return reshape(emit, emit.op("Mul", [difference, emit.scalar(scale)]), weight.shape);
}

/** Emits V * m / norm(V), of V [outputs, inputs, taps]. */
function withMagnitude(emit: NodeEmitter, value: Value, { weight, axis }: Magnitude): Value {
  const count = elementCount(weight.shape);
  const axes = axis === "output" ? [1, 2] : [0, 2];
  const sizes = axis === "output" ? [count, 1, 1] : [1, count, 1];
  const squares = emit.op("ReduceSum", [emit.op("Mul", [value, value]), emit.ints(axes)], {
    keepdims: int(1),
  });
  const norm = emit.op("Add", [emit.op("Sqrt", [squares]), emit.scalar(EPSILON)]);
  const ratio = emit.op("Div", [reshape(emit, emitWeight(emit, weight), sizes), norm]);
  return emit.op("Mul", [value, ratio]);
}
