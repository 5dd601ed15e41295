import { scalarLike, scaled, sumTo } from "../composite-operators.js";
import type { GradientContext, GradientRule } from "../rule.js";

/** p x^(p - 1), and 0 for p = 0 as in torch: x^-1 is infinite at 0, and 0 times infinity is not 0. */
function slope({ emit, input, constant }: GradientContext) {
  const x = input(0);
  const [exponent, ...more] = constant(1) ?? [];
  if (exponent !== undefined && more.length === 0) {
    if (exponent === 0) return scalarLike(emit, x, 0);
    const power = exponent === 2 ? x : emit.op("Pow", [x, scalarLike(emit, x, exponent - 1)]);
    return scaled(emit, power, exponent);
  }
  const p = input(1);
  const power = emit.op("Pow", [x, emit.op("Sub", [p, scalarLike(emit, p, 1)])]);
  const zero = scalarLike(emit, x, 0);
  return emit.op("Where", [emit.op("Equal", [p, scalarLike(emit, p, 0)]), zero, emit.op("Mul", [p, power])]);
}

/** y ln x, and 0 for x = 0 and p >= 0 as in torch, where y ln x is not a number or infinite. */
function exponentSlope({ emit, input, output }: GradientContext) {
  const [x, p, y] = [input(0), input(1), output(0)];
  const isConstant = emit.op("And", [
    emit.op("Equal", [x, scalarLike(emit, x, 0)]),
    emit.op("GreaterOrEqual", [p, scalarLike(emit, p, 0)]),
  ]);
  return emit.op("Where", [isConstant, scalarLike(emit, y, 0), emit.op("Mul", [y, emit.op("Log", [x])])]);
}

/** y = x^p: dx = g p x^(p - 1), dp = g y ln x */
export const Pow: GradientRule = (context) => {
  const { emit, gradient, wants, type } = context;
  return [
    wants(0) ? sumTo(emit, emit.op("Mul", [gradient, slope(context)]), type(0).shape) : undefined,
    wants(1) ? sumTo(emit, emit.op("Mul", [gradient, exponentSlope(context)]), type(1).shape) : undefined,
  ];
};
