import type { GradientRule } from "../rule.js";

export const Cos: GradientRule = ({ emit, gradient, input }) => [
  emit.op("Neg", [emit.op("Mul", [gradient, emit.op("Sin", [input(0)])])]),
];
