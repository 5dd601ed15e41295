import type { WeightRef } from "@sunstep/checkpoint";
import { type Attributes, int, ints, type NodeEmitter, type Value } from "@sunstep/onnx-graph";
import type { SunBranch } from "./sun-adapter.js";

/** "sample": each image's attention is normalised by its own length. "batch": by that of the whole batch. */
export type SunNorm = "sample" | "batch";

/** Below any length that float32 can square; keeps 0 / 0 from being NaN. */
const SMALLEST_LENGTH = 1e-18;

/** What the branches of one cross-attention share. */
export interface BranchInputs {
  readonly query: Value;
  /** Attributes of the attention that is there: heads, scale. */
  readonly attributes: Attributes;
  /** Length of the attention that is there, [batch or 1, 1, 1]. */
  readonly length: Value;
  /** Strength of the adapter, [1]. */
  readonly scale: Value;
  readonly norm: SunNorm;
}

/** ||x||2 over tokens and channels: x [batch, tokens, channels] -> [batch, 1, 1], or [1, 1, 1] over the batch too. */
export function attentionLength(emit: NodeEmitter, x: Value, norm: SunNorm): Value {
  // Rows first: ONNX Runtime shares that among threads, a sum over everything it does not.
  const rows = emit.op("ReduceSumSquare", [x, emit.ints([2])], { keepdims: int(1) });
  const axes = emit.ints(norm === "sample" ? [1] : [0, 1]);
  return emit.op("Sqrt", [emit.op("ReduceSum", [rows, axes], { keepdims: int(1) })]);
}

/** A weight of the adapter as float32. */
export function adapterWeight(emit: NodeEmitter, weight: WeightRef): Value {
  const { name, dtype, shape, source, offset, length } = weight;
  const stored = emit.initializer(name, { dtype, shape, data: { kind: "external", source, offset, length } });
  return dtype === "float32" ? stored : emit.op("Cast", [stored], { to: int(1) });
}

/**
 * scale * alpha * ||Zp|| / ||Z|| * Z with Z = Attention(query, context): the part of a branch that depends on the image,
 * [batch, image tokens, channels]. The factors meet before they touch it.
 */
export function emitBranch(
  emit: NodeEmitter,
  branch: SunBranch,
  context: Value,
  mask: readonly (Value | undefined)[],
  { query, attributes, length, scale, norm }: BranchInputs,
): Value {
  const project = (weight: WeightRef) =>
    emit.op("MatMul", [context, emit.op("Transpose", [adapterWeight(emit, weight)], { perm: ints([1, 0]) })]);
  const attended = emit.op(
    "Attention",
    [query, project(branch.key), project(branch.value), ...mask],
    attributes,
  );
  const ownLength = emit.op("Max", [attentionLength(emit, attended, norm), emit.scalar(SMALLEST_LENGTH)]);
  const strength = emit.op("Mul", [adapterWeight(emit, branch.alpha), scale]);
  return emit.op("Mul", [attended, emit.op("Mul", [emit.op("Div", [length, ownLength]), strength])]);
}
