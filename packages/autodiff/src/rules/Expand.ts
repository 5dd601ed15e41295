import { sumTo } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

export const Expand: GradientRule = ({ emit, gradient, type }) => [sumTo(emit, gradient, type(0).shape)];
