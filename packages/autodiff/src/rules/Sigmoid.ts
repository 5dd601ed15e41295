import type { GradientRule } from "../rule.js";

/** dx = g (y - y^2) */
export const Sigmoid: GradientRule = ({ emit, gradient, output }) => {
  const y = output(0);
  return [emit.op("Mul", [gradient, emit.op("Sub", [y, emit.op("Mul", [y, y])])])];
};
