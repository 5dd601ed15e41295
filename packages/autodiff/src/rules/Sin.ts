import type { GradientRule } from "../rule.js";

export const Sin: GradientRule = ({ emit, gradient, input }) => [
  emit.op("Mul", [gradient, emit.op("Cos", [input(0)])]),
];
