import { sumTo } from "../emit-parts.js";
import type { GradientRule } from "../rule.js";

export const Mul: GradientRule = ({ emit, gradient, wants, type, input }) =>
  [0, 1].map((i) =>
    wants(i) ? sumTo(emit, emit.op("Mul", [gradient, input(1 - i)]), type(i).shape) : undefined,
  );
