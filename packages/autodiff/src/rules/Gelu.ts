import { type NodeEmitter, stringAttribute, type Value } from "@sunstep/onnx-graph";
import { scalarLike, scaled } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

const plus = (emit: NodeEmitter, x: Value, summand: number) =>
  emit.op("Add", [x, scalarLike(emit, x, summand)]);

/** x Phi(x): Phi + x phi, the normal distribution's function and density */
function exactSlope(emit: NodeEmitter, x: Value): Value {
  const error = emit.op("Erf", [scaled(emit, x, Math.SQRT1_2)]);
  const distribution = scaled(emit, plus(emit, error, 1), 0.5);
  const bell = emit.op("Exp", [emit.op("Mul", [x, scaled(emit, x, -0.5)])]);
  const density = scaled(emit, bell, 1 / Math.sqrt(2 * Math.PI));
  return emit.op("Add", [distribution, emit.op("Mul", [x, density])]);
}

/** x (1 + t) / 2, t = tanh(c (x + 0.044715 x^3)): (1 + t) / 2 + x c / 2 (1 + 0.134145 x^2) (1 - t^2) */
function tanhSlope(emit: NodeEmitter, x: Value): Value {
  const c = Math.sqrt(2 / Math.PI);
  const square = emit.op("Mul", [x, x]);
  const t = emit.op("Tanh", [emit.op("Mul", [x, plus(emit, scaled(emit, square, 0.044715 * c), c)])]);
  const inner = emit.op("Mul", [x, plus(emit, scaled(emit, square, (3 * 0.044715 * c) / 2), c / 2)]);
  const flank = emit.op("Sub", [inner, emit.op("Mul", [inner, emit.op("Mul", [t, t])])]);
  return emit.op("Add", [scaled(emit, plus(emit, t, 1), 0.5), flank]);
}

/** Both forms of arXiv 1606.08415. */
export const Gelu: GradientRule = ({ emit, node, gradient, input }) => {
  const slope = stringAttribute(node.attributes, "approximate", "none") === "tanh" ? tanhSlope : exactSlope;
  return [emit.op("Mul", [gradient, slope(emit, input(0))])];
};
