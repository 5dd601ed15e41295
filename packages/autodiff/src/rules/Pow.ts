import { scalarLike, scaled, sumTo } from "../composite-operators.js";
import type { GradientContext, GradientRule } from "../rule.js";

/** p x^(p - 1) */
function slope({ emit, input, constant }: GradientContext) {
  const x = input(0);
  const [exponent, ...more] = constant(1) ?? [];
  if (exponent !== undefined && more.length === 0) {
    // x^-1 is infinite at 0, and 0 times that is not 0.
    if (exponent === 0) return scalarLike(emit, x, 0);
    const power = exponent === 2 ? x : emit.op("Pow", [x, scalarLike(emit, x, exponent - 1)]);
    return scaled(emit, power, exponent);
  }
  const p = input(1);
  return emit.op("Mul", [p, emit.op("Pow", [x, emit.op("Sub", [p, scalarLike(emit, p, 1)])])]);
}

/** y = x^p: dx = g p x^(p - 1), dp = g y ln x, 0 where y is 0 */
export const Pow: GradientRule = (context) => {
  const { emit, gradient, wants, type, input, output } = context;
  const exponentSlope = () => {
    const y = output(0);
    const isZero = emit.op("Equal", [y, scalarLike(emit, y, 0)]);
    return emit.op("Where", [isZero, y, emit.op("Mul", [y, emit.op("Log", [input(0)])])]);
  };
  return [
    wants(0) ? sumTo(emit, emit.op("Mul", [gradient, slope(context)]), type(0).shape) : undefined,
    wants(1) ? sumTo(emit, emit.op("Mul", [gradient, exponentSlope()]), type(1).shape) : undefined,
  ];
};
