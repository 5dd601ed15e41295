import { sumTo } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

export const Add: GradientRule = ({ emit, gradient, wants, type }) =>
  [0, 1].map((i) => (wants(i) ? sumTo(emit, gradient, type(i).shape) : undefined));
