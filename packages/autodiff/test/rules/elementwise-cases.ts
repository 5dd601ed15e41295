// Operators that compute each element by itself.
import { boolData, int, string } from "@sunstep/onnx-graph";
import { binary, type RuleCases, unary } from "./rule-cases.js";

/** Keeps away from 0, where the operator has a kink or a pole. */
const awayFromZero = (random: number) => Math.sign(random) * (0.3 + Math.abs(random));
const farFromZero = (random: number) => Math.sign(random) * (1 + Math.abs(random));
const positive = (random: number) => 0.7 + Math.abs(random);

export const elementwiseCases: RuleCases = {
  Abs: { "": unary("Abs", awayFromZero) },
  Add: {
    "of equal shapes": binary("Add", [2, 3], [2, 3]),
    "of broadcast shapes": binary("Add", [2, 1, 3], [4, 1]),
    "of a value and itself": { inputs: [[2, 3]], emit: (graph, x) => graph.op("Add", [x, x]) },
  },
  Cast: {
    "to double and back": {
      inputs: [[2, 3]],
      emit: (graph, x) => {
        const double = graph.op("Cast", [x], { to: int(11) });
        return graph.op("Cast", [graph.op("Mul", [double, double])], { to: int(1) });
      },
    },
  },
  Clip: {
    "on both sides": {
      inputs: [[3, 4]],
      emit: (graph, x) => graph.op("Clip", [x, graph.scalar(-0.503), graph.scalar(0.497)]),
    },
  },
  Cos: { "": unary("Cos") },
  Div: {
    "of equal shapes": binary("Div", [2, 3], [2, 3], farFromZero),
    "of broadcast shapes": binary("Div", [2, 1, 3], [4, 1], farFromZero),
  },
  Erf: { "": unary("Erf") },
  Exp: { "": unary("Exp") },
  Gelu: {
    "by its definition": unary("Gelu", (random) => random * 2),
    approximated: {
      inputs: [[3, 4]],
      emit: (graph, x) => graph.op("Gelu", [x], { approximate: string("tanh") }),
      values: (random) => random * 2,
    },
  },
  Identity: { "": unary("Identity") },
  Log: { "": unary("Log", positive) },
  Max: {
    "of two": binary("Max", [3, 4], [4]),
    "of three": {
      inputs: [[3, 2], [2], [3, 1]],
      emit: (graph, ...inputs) => graph.op("Max", inputs),
    },
  },
  Min: { "of two": binary("Min", [3, 4], [4]) },
  Mul: {
    "of equal shapes": binary("Mul", [2, 3], [2, 3]),
    "of broadcast shapes": binary("Mul", [2, 1, 3], [4, 1]),
    "of a value and itself": { inputs: [[2, 3]], emit: (graph, x) => graph.op("Mul", [x, x]) },
    "of a value and its sigmoid": {
      inputs: [[2, 3]],
      emit: (graph, x) => graph.op("Mul", [x, graph.op("Sigmoid", [x])]),
    },
    "of a sigmoid that is read elsewhere too, and its value": {
      inputs: [[2, 3]],
      emit: (graph, x) => {
        const gate = graph.op("Sigmoid", [x]);
        return [graph.op("Mul", [gate, x]), gate];
      },
    },
  },
  Neg: { "": unary("Neg") },
  Pow: {
    "with constant exponents": {
      inputs: [[3, 4]],
      emit: (graph, x) => [2, 3, 0.5, -1].map((exponent) => graph.op("Pow", [x, graph.scalar(exponent)])),
      values: positive,
    },
    "of negative numbers": {
      inputs: [[3, 4]],
      emit: (graph, x) => [2, 3].map((exponent) => graph.op("Pow", [x, graph.scalar(exponent)])),
    },
    "zero of zero": {
      inputs: [[3]],
      emit: (graph, x) => graph.op("Pow", [x, graph.scalar(0)]),
      values: () => 0,
    },
    "by its exponent": binary("Pow", [2, 3], [3], positive),
  },
  Reciprocal: { "": unary("Reciprocal", positive) },
  Relu: { "": unary("Relu", awayFromZero) },
  Sigmoid: { "": unary("Sigmoid", (random) => random * 3) },
  Sin: { "": unary("Sin") },
  Sqrt: { "": unary("Sqrt", positive) },
  Sub: {
    "of equal shapes": binary("Sub", [2, 3], [2, 3]),
    "of broadcast shapes": binary("Sub", [2, 1, 3], [4, 1]),
  },
  Sum: {
    "of broadcast shapes": {
      inputs: [[2, 3], [3], [2, 1]],
      emit: (graph, ...inputs) => graph.op("Sum", inputs),
    },
  },
  Tanh: { "": unary("Tanh") },
  Where: {
    "of broadcast shapes": {
      inputs: [[2, 3], [3]],
      emit: (graph, a, b) =>
        graph.op("Where", [graph.initializer("c", boolData([true, false, true], [3])), a, b]),
    },
  },
};
