import type { GradientRule } from "../rule.js";

export const Neg: GradientRule = ({ emit, gradient }) => [emit.op("Neg", [gradient])];
