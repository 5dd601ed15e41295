import { sumTo } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

export const Sum: GradientRule = ({ emit, node, gradient, wants, type }) =>
  node.inputs.map((_, i) => (wants(i) ? sumTo(emit, gradient, type(i).shape) : undefined));
