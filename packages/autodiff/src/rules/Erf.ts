import { scaled } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

/** dx = g 2 / sqrt(pi) exp(-x^2) */
export const Erf: GradientRule = ({ emit, gradient, input }) => {
  const x = input(0);
  const bell = emit.op("Exp", [emit.op("Neg", [emit.op("Mul", [x, x])])]);
  return [emit.op("Mul", [gradient, scaled(emit, bell, 2 / Math.sqrt(Math.PI))])];
};
