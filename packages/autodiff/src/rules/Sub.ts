import { sumTo } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

export const Sub: GradientRule = ({ emit, gradient, wants, type }) => [
  wants(0) ? sumTo(emit, gradient, type(0).shape) : undefined,
  wants(1) ? emit.op("Neg", [sumTo(emit, gradient, type(1).shape)]) : undefined,
];
