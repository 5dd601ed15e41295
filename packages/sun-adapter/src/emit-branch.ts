import type { WeightRef } from "@sunstep/checkpoint";
import {
  type Attributes,
  elementCount,
  emitWeight,
  int,
  ints,
  type NodeEmitter,
  type Value,
} from "@sunstep/onnx-graph";
import type { SunBranch } from "./sun-adapter.js";

/** The norm that an attention is scaled by: its own in each image ("sample"), or one of the whole batch ("batch"). */
export type SunNorm = "sample" | "batch";

/**
 * Lower bound for ||Z||2 squared, so that a zero branch gives 0 instead of 0 / 0 = NaN, and no ratio overflows float32.
 * float16 weights give no smaller norm but zero.
 */
const SMALLEST_SQUARE = 1e-18;

/** A branch, the context that it attends to, and the sign that it is added with. */
export interface SignedBranch {
  readonly branch: SunBranch;
  readonly sign: 1 | -1;
  /** [batch, tokens, context channels] */
  readonly context: Value;
  /** Further inputs of the branch's Attention: a mask. */
  readonly mask: readonly (Value | undefined)[];
}

/** Values that the branches of one cross-attention share. */
export interface BranchInputs {
  readonly query: Value;
  /** Attributes of the original attention: heads, scale. */
  readonly attributes: Attributes;
  /** Zp, the result of the original attention, [batch, image tokens, channels]. */
  readonly positive: Value;
  /** Strength of the adapter, [1]. */
  readonly scale: Value;
  readonly norm: SunNorm;
}

/**
 * Emits the part of the adapter that depends on the image: the sum over branches of
 * sign * scale * alpha * ||Zp|| / ||Z|| * Z with Z = Attention(query, context), [batch, image tokens, channels].
 * Stacks the branches and multiplies the factors before they touch Z: on small images the number of operators costs
 * more than their work.
 */
export function emitBranches(
  emit: NodeEmitter,
  branches: readonly SignedBranch[],
  shared: BranchInputs,
): Value {
  const { positive, scale, norm } = shared;
  const count = branches.length;
  const sizes = emit.ints([count, ...positive.shape]);
  const attended = emit.op("Reshape", [attendStacked(emit, branches, shared), sizes]);
  const squares = emit.op("Max", [squaredNorm(emit, attended, norm), emit.scalar(SMALLEST_SQUARE)]);
  const ratio = emit.op("Sqrt", [emit.op("Div", [squaredNorm(emit, positive, norm), squares])]);
  const alphas = stack(
    emit,
    branches.map(({ branch }) => emitWeight(emit, branch.alpha)),
  );
  const perBranch = emit.ints([count, 1, 1, positive.shape[2] ?? 1]);
  const strength = emit.op("Mul", [emit.op("Reshape", [alphas, perBranch]), scale]);
  const weighted = emit.op("Mul", [attended, emit.op("Mul", [ratio, strength])]);
  return emit.op("Reshape", [signedSum(emit, branches, weighted), emit.ints(positive.shape)]);
}

/** Emits the part that does not depend on the image: sign * scale * beta, summed over branches, [1, channels]. */
export function emitOffset(emit: NodeEmitter, branches: readonly SignedBranch[], scale: Value): Value {
  const betas = stack(
    emit,
    branches.map(({ branch }) => emitWeight(emit, branch.beta)),
  );
  return emit.op("Mul", [signedSum(emit, branches, betas), scale]);
}

/**
 * Emits the sum of sign * x over branches: x, stacked -> [1, numbers of a branch]. MatMul with the vector of signs is
 * faster than ReduceSum in ONNX Runtime.
 */
function signedSum(emit: NodeEmitter, branches: readonly SignedBranch[], x: Value): Value {
  const count = branches.length;
  const signs = emit.floats(
    branches.map(({ sign }) => sign),
    [1, count],
  );
  const rows = emit.op("Reshape", [x, emit.ints([count, elementCount(x.shape) / count])]);
  return emit.op("MatMul", [signs, rows]);
}

/** Emits ||x||2 squared over tokens and channels: x [..., batch, tokens, channels] -> [..., batch or 1, 1, 1]. */
function squaredNorm(emit: NodeEmitter, x: Value, norm: SunNorm): Value {
  const axes = (norm === "sample" ? [-2, -1] : [-3, -2, -1]).map((axis) => x.shape.length + axis);
  return emit.op("ReduceSumSquare", [x, emit.ints(axes)], { keepdims: int(1) });
}

/** Emits the attention of every branch, [branches * batch, image tokens, channels]: in one node where shapes allow. */
function attendStacked(
  emit: NodeEmitter,
  branches: readonly SignedBranch[],
  { query, attributes }: BranchInputs,
): Value {
  const inputs = branches.map(({ branch, context, mask }) => {
    const project = (weight: WeightRef) =>
      emit.op("MatMul", [context, emit.op("Transpose", [emitWeight(emit, weight)], { perm: ints([1, 0]) })]);
    return { key: project(branch.key), value: project(branch.value), mask };
  });
  const alike = inputs.every(
    ({ key, mask }) => mask.every((input) => !input) && key.shape.join() === inputs[0]!.key.shape.join(),
  );
  if (!alike) {
    return stack(
      emit,
      inputs.map(({ key, value, mask }) => emit.op("Attention", [query, key, value, ...mask], attributes)),
    );
  }
  const queries = stack(
    emit,
    inputs.map(() => query),
  );
  const keys = stack(
    emit,
    inputs.map(({ key }) => key),
  );
  const values = stack(
    emit,
    inputs.map(({ value }) => value),
  );
  return emit.op("Attention", [queries, keys, values], attributes);
}

function stack(emit: NodeEmitter, values: readonly Value[]): Value {
  return values.length === 1 ? values[0]! : emit.op("Concat", values, { axis: int(0) });
}
