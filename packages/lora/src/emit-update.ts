import type { WeightRef } from "@sunstep/checkpoint";
import { elementCount, emitWeight, ints, type NodeEmitter, type Value } from "@sunstep/onnx-graph";
import { loraError } from "./errors.js";
import type { LoraTarget } from "./read.js";

/**
 * Emits scale * alpha / rank * up @ down in the shape of the weight that it is added to. It has constant inputs only, so
 * ONNX Runtime computes it while it loads the model. A linear layer and a 1x1 convolution are the same here.
 */
export function emitUpdate(
  emit: NodeEmitter,
  target: LoraTarget,
  scale: number,
  shape: readonly number[],
): Value {
  const { down, up, mid, rank, module } = target;
  const [outputs = 0, inputs = 0, ...kernel] = shape;
  const taps = elementCount(kernel);
  const factors = mid ? [up, mid, down] : [up, down];
  const sizes = [elementCount(up.shape), elementCount(down.shape), elementCount(mid?.shape ?? [])];
  const wanted = mid
    ? [outputs * rank, rank * inputs, rank * rank * taps]
    : [outputs * rank, rank * inputs * taps, 1];
  if (sizes.some((size, i) => size !== wanted[i])) {
    throw loraError(
      "LORA_SHAPE",
      `the LoRA's factors of ${module}, ${factors.map((factor) => `[${factor.shape.join(", ")}]`).join(" and ")}, do not ` +
        `fit the model's weight [${shape.join(", ")}]. The LoRA is made for another kind of model`,
      { module, up: up.shape, down: down.shape, weight: shape },
    );
  }
  const strength = (scale * (target.alpha ?? rank)) / rank;
  // The scale goes to the smaller factor.
  const scaledUp = emit.op("Mul", [
    reshape(emit, emitWeight(emit, up), [outputs, rank]),
    emit.scalar(strength),
  ]);
  const product = mid
    ? tuckerProduct(emit, scaledUp, target as LoraTarget & { mid: WeightRef }, inputs, taps)
    : emit.op("MatMul", [scaledUp, reshape(emit, emitWeight(emit, down), [rank, inputs * taps])]);
  return reshape(emit, product, shape);
}

/** Emits the product of LoCon's three factors, successive convolutions: w[o, i, tap] = sum up[o, a] mid[a, b, tap] down[b, i]. */
function tuckerProduct(
  emit: NodeEmitter,
  up: Value,
  { down, mid, rank }: LoraTarget & { readonly mid: WeightRef },
  inputs: number,
  taps: number,
): Value {
  const [outputs = 0] = up.shape;
  const swap = (value: Value) => emit.op("Transpose", [value], { perm: ints([0, 2, 1]) });
  const middle = emit.op("MatMul", [up, reshape(emit, emitWeight(emit, mid), [rank, rank * taps])]);
  const taken = swap(reshape(emit, middle, [outputs, rank, taps]));
  return swap(emit.op("MatMul", [taken, reshape(emit, emitWeight(emit, down), [rank, inputs])]));
}

function reshape(emit: NodeEmitter, value: Value, shape: readonly number[]): Value {
  const same = value.shape.length === shape.length && value.shape.every((size, i) => size === shape[i]);
  return same ? value : emit.op("Reshape", [value, emit.ints(shape)]);
}
