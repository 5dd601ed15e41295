import { withReducedAxes } from "../axes.js";
import { scaled } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

/** dx = 2 g x */
export const ReduceSumSquare: GradientRule = (context) => {
  const { emit, gradient, input } = context;
  return [emit.op("Mul", [input(0), scaled(emit, withReducedAxes(context, gradient), 2)])];
};
