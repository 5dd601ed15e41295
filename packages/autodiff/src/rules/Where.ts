import { scalarLike, sumTo } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

export const Where: GradientRule = ({ emit, gradient, wants, type, input }) => {
  const zero = scalarLike(emit, gradient, 0);
  const [condition, g] = [input(0), gradient];
  return [
    undefined,
    wants(1) ? sumTo(emit, emit.op("Where", [condition, g, zero]), type(1).shape) : undefined,
    wants(2) ? sumTo(emit, emit.op("Where", [condition, zero, g]), type(2).shape) : undefined,
  ];
};
