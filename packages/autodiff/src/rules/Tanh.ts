import type { GradientRule } from "../rule.js";

/** dx = g - g y^2 */
export const Tanh: GradientRule = ({ emit, gradient, output }) => {
  const y = output(0);
  return [emit.op("Sub", [gradient, emit.op("Mul", [gradient, emit.op("Mul", [y, y])])])];
};
