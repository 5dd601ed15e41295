import type { WeightRef } from "@sunstep/checkpoint";
import { elementCount, emitWeight, ints, type NodeEmitter, type Value } from "@sunstep/onnx-graph";
import type { Update } from "../lora.js";

/**
 * Emits scale * update as a matrix [outputs, inputs * taps]. It has constant inputs only, so ONNX Runtime computes it while
 * it loads the model. The scale goes to the first factor, which is small in most forms.
 */
export function emitUpdate(emit: NodeEmitter, update: Update, scale = 1): Value {
  switch (update.kind) {
    case "tensor":
      return scaled(emit, matrix(emit, update.weight), scale);
    case "product":
      return emitProduct(emit, update, scale);
    case "hadamard": {
      const [first, second] = update.factors;
      return emit.op("Mul", [emitUpdate(emit, first, scale), emitUpdate(emit, second)]);
    }
    case "kronecker": {
      const [first, second] = update.factors;
      return kronecker(emit, emitUpdate(emit, first, scale), emitUpdate(emit, second));
    }
  }
}

function emitProduct(
  emit: NodeEmitter,
  { left, right, core }: Extract<Update, { readonly kind: "product" }>,
  scale: number,
): Value {
  const outer = scaled(emit, matrix(emit, left), scale);
  if (!core) return emit.op("MatMul", [outer, matrix(emit, right)]);
  const [outputs = 1] = outer.shape;
  const [rank = 1, , ...kernel] = core.shape;
  const taps = elementCount(kernel);
  const swap = (value: Value) => emit.op("Transpose", [value], { perm: ints([0, 2, 1]) });
  const middle = reshape(emit, emit.op("MatMul", [outer, matrix(emit, core)]), [outputs, rank, taps]);
  const product = swap(emit.op("MatMul", [swap(middle), matrix(emit, right)]));
  return reshape(emit, product, [outputs, elementCount(product.shape) / outputs]);
}

function kronecker(emit: NodeEmitter, first: Value, second: Value): Value {
  const [[a = 1, b = 1], [c = 1, d = 1]] = [first.shape, second.shape];
  const product = emit.op("Mul", [reshape(emit, first, [a, 1, b, 1]), reshape(emit, second, [1, c, 1, d])]);
  return reshape(emit, product, [a * c, b * d]);
}

/** Emits a tensor as [first size, all others]. */
function matrix(emit: NodeEmitter, weight: WeightRef): Value {
  const [rows = 1, ...columns] = weight.shape;
  return reshape(emit, emitWeight(emit, weight), [rows, elementCount(columns)]);
}

const scaled = (emit: NodeEmitter, value: Value, scale: number): Value =>
  scale === 1 ? value : emit.op("Mul", [value, emit.scalar(scale)]);

export function reshape(emit: NodeEmitter, value: Value, shape: readonly number[]): Value {
  return value.shape.join() === shape.join() ? value : emit.op("Reshape", [value, emit.ints(shape)]);
}
