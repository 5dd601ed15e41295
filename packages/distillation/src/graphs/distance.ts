import { int, type NodeEmitter, type Value } from "@sunstep/onnx-graph";

/** Mean square, or the pseudo-Huber distance (Song and Dhariwal 2023, arXiv 2310.14189, section 3.3) less its constant. */
export type Distance = { readonly kind: "mse" } | { readonly kind: "huber"; readonly c: number };

/** Emits the mean over all elements of (a-b)^2, or of sqrt((a-b)^2 + c^2) - c; a scalar. */
export function emitDistance(emit: NodeEmitter, distance: Distance, a: Value, b: Value): Value {
  const difference = emit.op("Sub", [a, b]);
  const square = emit.op("Mul", [difference, difference]);
  if (distance.kind === "mse") return mean(emit, square);
  const { c } = distance;
  const root = emit.op("Sqrt", [emit.op("Add", [square, emit.scalar(c * c)])]);
  return mean(emit, emit.op("Sub", [root, emit.scalar(c)]));
}

function mean(emit: NodeEmitter, value: Value): Value {
  return emit.op("ReduceMean", [value], { keepdims: int(0) });
}
