import type { GradientRule } from "../rule.js";

/** y = 1 / x: dx = -g y^2 */
export const Reciprocal: GradientRule = ({ emit, gradient, output }) => {
  const y = output(0);
  return [emit.op("Neg", [emit.op("Mul", [gradient, emit.op("Mul", [y, y])])])];
};
