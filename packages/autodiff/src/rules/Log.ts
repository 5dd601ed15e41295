import type { GradientRule } from "../rule.js";

export const Log: GradientRule = ({ emit, gradient, input }) => [emit.op("Div", [gradient, input(0)])];
