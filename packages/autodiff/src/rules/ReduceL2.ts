import { withReducedAxes } from "../axes.js";
import { scalarLike } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

/** Smallest normal float32: of x = 0 the gradient is 0, as PyTorch has it. */
const SMALLEST = 2 ** -126;

/** y = |x|: dx = g x / y */
export const ReduceL2: GradientRule = (context) => {
  const { emit, gradient, input, output } = context;
  const length = emit.op("Max", [output(0), scalarLike(emit, gradient, SMALLEST)]);
  return [emit.op("Mul", [input(0), withReducedAxes(context, emit.op("Div", [gradient, length]))])];
};
