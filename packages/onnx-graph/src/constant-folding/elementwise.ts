import { type Constant, type FoldingRule, roundTo } from "./constant.js";
import { broadcastOffset, mapIndices } from "./indices.js";

const isFloat = ({ dtype }: Constant) => dtype.startsWith("float");

/** Applies a function to numpy-broadcast inputs, and rounds to the output's type. */
const broadcasting =
  (compute: (values: readonly number[], inputs: readonly Constant[]) => number): FoldingRule =>
  ({ inputs, outputs: [output] }) => {
    const { dtype, shape } = output!;
    const constants = inputs.filter((input) => input !== undefined);
    return mapIndices(shape, (index) => {
      const values = constants.map(({ shape: own, values }) => values[broadcastOffset(index, own)]!);
      return roundTo(dtype, compute(values, constants));
    });
  };

const unary = (compute: (x: number) => number) => broadcasting(([x = Number.NaN]) => compute(x));
const binary = (compute: (a: number, b: number) => number) =>
  broadcasting(([a = Number.NaN, b = Number.NaN]) => compute(a, b));
const test = (holds: (a: number, b: number) => boolean) => binary((a, b) => Number(holds(a, b)));

/** The sign is the divisor's, as in Python; with `fmod` it is the dividend's. */
const modulo: FoldingRule = (node) => {
  const fmod = node.attributes.fmod;
  const isC = fmod?.type === "int" && Number(fmod.value) === 1;
  return binary((a, b) => (isC ? a % b : a - b * Math.floor(a / b)))(node);
};

export const elementwiseFolding: Readonly<Record<string, FoldingRule>> = {
  Abs: unary(Math.abs),
  Cast: unary((x) => x),
  Ceil: unary(Math.ceil),
  Cos: unary(Math.cos),
  Exp: unary(Math.exp),
  Floor: unary(Math.floor),
  Identity: unary((x) => x),
  Log: unary(Math.log),
  Neg: unary((x) => -x),
  Not: unary((x) => Number(x === 0)),
  Reciprocal: unary((x) => 1 / x),
  Sign: unary(Math.sign),
  Sin: unary(Math.sin),
  Sqrt: unary(Math.sqrt),
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: broadcasting(([a = 0, b = 0], [first]) => (isFloat(first!) ? a / b : Math.trunc(a / b))),
  Mod: modulo,
  Pow: binary((a, b) => a ** b),
  Max: broadcasting((values) => Math.max(...values)),
  Min: broadcasting((values) => Math.min(...values)),
  And: test((a, b) => a !== 0 && b !== 0),
  Or: test((a, b) => a !== 0 || b !== 0),
  Xor: test((a, b) => (a !== 0) !== (b !== 0)),
  Equal: test((a, b) => a === b),
  Greater: test((a, b) => a > b),
  GreaterOrEqual: test((a, b) => a >= b),
  Less: test((a, b) => a < b),
  LessOrEqual: test((a, b) => a <= b),
  Where: broadcasting(([condition, a = Number.NaN, b = Number.NaN]) => (condition === 0 ? b : a)),
};
