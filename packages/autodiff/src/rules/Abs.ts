import type { GradientRule } from "../rule.js";

export const Abs: GradientRule = ({ emit, gradient, input }) => [
  emit.op("Mul", [gradient, emit.op("Sign", [input(0)])]),
];
