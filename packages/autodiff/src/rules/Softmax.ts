import { axisOf } from "../axes.js";
import { sum } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

/** dx = y (g - sum(g y)) */
export const Softmax: GradientRule = (context) => {
  const { emit, gradient, output } = context;
  const y = output(0);
  const mean = sum(emit, emit.op("Mul", [gradient, y]), [axisOf(context, -1)], true);
  return [emit.op("Mul", [y, emit.op("Sub", [gradient, mean])])];
};
