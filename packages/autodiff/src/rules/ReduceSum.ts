import { withReducedAxes } from "../axes.js";
import type { GradientRule } from "../rule.js";

export const ReduceSum: GradientRule = (context) => {
  const { emit, gradient, type } = context;
  return [emit.op("Expand", [withReducedAxes(context, gradient), emit.ints(type(0).shape)])];
};
