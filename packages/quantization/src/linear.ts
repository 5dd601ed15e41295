import { CONTRIB_DOMAIN } from "@sunstep/graph-passes";
import {
  elementCount,
  type MatchContext,
  type NodeEmitter,
  numberAttribute,
  type RewriteRule,
  type Value,
} from "@sunstep/onnx-graph";
import type { Eligibility } from "./eligibility.js";
import { PRODUCTS } from "./products.js";
import { quantizeWeight } from "./quantize-weight.js";

/** x [.., inputs] times a constant weight [inputs, outputs], plus a bias. The range of x is found in each run. */
function emitLinear(emit: NodeEmitter, x: Value, weight: Value, bias?: Value): Value {
  const { integers, scale } = quantizeWeight(emit, weight);
  const inputs = [x, integers, scale, undefined, bias];
  return emit.op(PRODUCTS.linear, inputs, {}, { domain: CONTRIB_DOMAIN });
}

/** Checks the operands of a layer whose weight has its outputs on axis `outputs`. */
function check({ value }: MatchContext, bias: readonly string[], outputs: 0 | 1, isEligible: Eligibility) {
  const [x, weight] = [value("x"), value("weight")];
  if (weight.shape.length !== 2) return "the weight is no matrix";
  if (bias.some((name) => value(name).shape.join() !== String(weight.shape[outputs])))
    return "the summand is no bias";
  return isEligible(x, weight, elementCount(x.shape.slice(0, -1)));
}

/** The form that lowering gives linear layers: Gemm with a weight [outputs, inputs]. */
const gemm = (bias: readonly string[], isEligible: Eligibility): RewriteRule => ({
  name: "Gemm",
  pattern: { op: "Gemm", inputs: ["x", "weight", ...bias] },
  check(match) {
    const { attributes } = match;
    if (numberAttribute(attributes, "transB", 0) !== 1 || Object.keys(attributes).length !== 1)
      return "it is no linear layer";
    return check(match, bias, 0, isEligible);
  },
  replace({ emit, value }) {
    const weight = emit.op("Transpose", [value("weight")]);
    return [emitLinear(emit, value("x"), weight, ...bias.map(value))];
  },
});

/** The form of exporters that have transposed the weight: MatMul with a weight [inputs, outputs]. */
const matMul = (bias: readonly string[], isEligible: Eligibility): RewriteRule => {
  const product = { op: "MatMul", inputs: ["x", "weight"] };
  return {
    name: "MatMul",
    pattern: bias.length > 0 ? { op: "Add", inputs: [product, ...bias], commutative: true } : product,
    check: (match) => check(match, bias, 1, isEligible),
    replace: ({ emit, value }) => [emitLinear(emit, value("x"), value("weight"), ...bias.map(value))],
  };
};

/** Linear layers, with a bias and without. */
export const linearRules = (isEligible: Eligibility): readonly RewriteRule[] =>
  [["bias"], []].flatMap((bias) => [gemm(bias, isEligible), matMul(bias, isEligible)]);
