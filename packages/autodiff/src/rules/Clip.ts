import { scalarLike } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

/** g where x was inside, bounds included, and so left as it is. */
export const Clip: GradientRule = ({ emit, gradient, input, output }) => {
  const inside = emit.op("Equal", [input(0), output(0)]);
  return [emit.op("Where", [inside, gradient, scalarLike(emit, gradient, 0)])];
};
