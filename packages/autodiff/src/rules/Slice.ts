import { elementCount, type NodeEmitter, type Value } from "@sunstep/onnx-graph";
import { reshape, reversed, zeros } from "../composite-operators.js";
import { type GradientRule, unsupported } from "../rule.js";

interface Cut {
  readonly axis: number;
  readonly size: number;
  readonly start: number;
  readonly step: number;
}

/** Puts step - 1 zeros behind each element along an axis but the last. */
function spread(emit: NodeEmitter, value: Value, axis: number, step: number): Value {
  const { shape } = value;
  const count = shape[axis]!;
  const columns = reshape(emit, value, [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)]);
  const pads = columns.shape.map((_, i) => (i === axis + 1 ? step - 1 : 0));
  const padded = emit.op("Pad", [columns, emit.ints([...pads.map(() => 0), ...pads])]);
  const wide = reshape(
    emit,
    padded,
    shape.map((size, i) => (i === axis ? size * step : size)),
  );
  const length = (count - 1) * step + 1;
  return emit.op("Slice", [wide, emit.ints([0]), emit.ints([length]), emit.ints([axis])]);
}

/** Elements that were not taken get 0: Pad, once the steps are undone. */
export const Slice: GradientRule = (context) => {
  const { emit, gradient, type, constant } = context;
  const { shape } = type(0);
  const starts = constant(1);
  if (!starts || !constant(2)) throw unsupported(context, "starts and ends that are computed");
  if (elementCount(gradient.shape) === 0) return [zeros(emit, type(0))];
  const axes = constant(3) ?? starts.map((_, i) => i);
  const steps = constant(4);
  const cuts = starts.map((start, i): Cut => {
    const axis = axes[i]! < 0 ? axes[i]! + shape.length : axes[i]!;
    const [size, step] = [shape[axis]!, steps?.[i] ?? 1];
    const from = start < 0 ? start + size : start;
    return { axis, size, step, start: Math.min(Math.max(from, 0), step < 0 ? size - 1 : size) };
  });
  const pads = new Array<number>(2 * shape.length).fill(0);
  let result = gradient;
  for (const { axis, size, start, step } of cuts) {
    const count = gradient.shape[axis]!;
    const last = start + (count - 1) * step;
    if (step < 0) result = reversed(emit, result, axis);
    if (Math.abs(step) > 1) result = spread(emit, result, axis, Math.abs(step));
    pads[axis] = Math.min(start, last);
    pads[axis + shape.length] = size - 1 - Math.max(start, last);
  }
  return [pads.some((count) => count !== 0) ? emit.op("Pad", [result, emit.ints(pads)]) : result];
};
