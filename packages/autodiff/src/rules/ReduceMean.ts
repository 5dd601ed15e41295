import { elementCount } from "@sunstep/onnx-graph";
import { withReducedAxes } from "../axes.js";
import { scaled } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

export const ReduceMean: GradientRule = (context) => {
  const { emit, gradient, type } = context;
  const { shape } = type(0);
  const share = scaled(
    emit,
    withReducedAxes(context, gradient),
    elementCount(gradient.shape) / elementCount(shape),
  );
  return [emit.op("Expand", [share, emit.ints(shape)])];
};
