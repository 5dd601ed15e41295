import type { GradientRule } from "../rule.js";

export const Exp: GradientRule = ({ emit, gradient, output }) => [emit.op("Mul", [gradient, output(0)])];
