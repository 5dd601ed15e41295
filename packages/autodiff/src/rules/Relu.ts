import { scalarLike } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

export const Relu: GradientRule = ({ emit, gradient, output }) => {
  const zero = scalarLike(emit, gradient, 0);
  return [emit.op("Where", [emit.op("Greater", [output(0), zero]), gradient, zero])];
};
