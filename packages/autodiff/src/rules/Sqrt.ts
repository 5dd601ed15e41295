import { scalarLike, scaled } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

/** The smallest normal float32. A gradient of 0 stays 0 where the root is 0. */
const SMALLEST = 2 ** -126;

/** y = sqrt x: dx = g / 2y */
export const Sqrt: GradientRule = ({ emit, gradient, output }) => {
  const root = emit.op("Max", [output(0), scalarLike(emit, gradient, SMALLEST)]);
  return [emit.op("Div", [scaled(emit, gradient, 0.5), root])];
};
