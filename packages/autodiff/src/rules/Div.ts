import { sumTo } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

/** y = a / b: da = g / b, db = -y g / b */
export const Div: GradientRule = ({ emit, gradient, wants, type, input, output }) => {
  const quotient = emit.op("Div", [gradient, input(1)]);
  return [
    wants(0) ? sumTo(emit, quotient, type(0).shape) : undefined,
    wants(1)
      ? emit.op("Neg", [sumTo(emit, emit.op("Mul", [quotient, output(0)]), type(1).shape)])
      : undefined,
  ];
};
