import { type DataType, int, type NodeEmitter, string, type Value } from "@sunstep/onnx-graph";
import { reshape, zeros } from "./composite-operators.js";

/** Adds the slices of `rows` along an axis to the slices `indices` [count] of a tensor of zeros. */
export function scatterAdd(
  emit: NodeEmitter,
  target: { readonly dtype: DataType; readonly shape: readonly number[] },
  axis: number,
  indices: Value,
  rows: Value,
): Value {
  const aligned = reshape(
    emit,
    indices,
    rows.shape.map((size, i) => (i === axis ? size : 1)),
  );
  const everywhere = emit.op("Expand", [aligned, emit.ints(rows.shape)]);
  return emit.op("ScatterElements", [zeros(emit, target), everywhere, rows], {
    axis: int(axis),
    reduction: string("add"),
  });
}
