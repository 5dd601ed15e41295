import { withReducedAxes } from "../axes.js";
import { scalarLike } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

/** The smallest normal float32. It makes the gradient at x = 0 zero, as in PyTorch. */
const SMALLEST = 2 ** -126;

/** y = |x|: dx = g x / y */
export const ReduceL2: GradientRule = (context) => {
  const { emit, gradient, input, output } = context;
  const norm = emit.op("Max", [output(0), scalarLike(emit, gradient, SMALLEST)]);
  return [emit.op("Mul", [input(0), withReducedAxes(context, emit.op("Div", [gradient, norm]))])];
};
