import { CONTRIB_DOMAIN } from "@sunstep/graph-passes";
import { type NodeEmitter, numberAttribute, type RewriteRule, type Value } from "@sunstep/onnx-graph";
import type { Eligibility } from "./eligibility.js";
import { quantizeWeight } from "./quantize-weight.js";

/** x [.., inputs] times a constant weight [inputs, outputs], plus a bias. The range of x is found in each run. */
export function emitLinear(emit: NodeEmitter, x: Value, weight: Value, bias?: Value): Value {
  const { integers, scale } = quantizeWeight(emit, weight);
  const inputs = [x, integers, scale, undefined, bias];
  return emit.op("DynamicQuantizeMatMul", inputs, {}, { domain: CONTRIB_DOMAIN });
}

const linear = (bias: readonly string[], isEligible: Eligibility): RewriteRule => ({
  name: "Linear layer",
  pattern: { op: "Gemm", inputs: ["x", "weight", ...bias] },
  check({ value, attributes }) {
    if (numberAttribute(attributes, "transB", 0) !== 1 || Object.keys(attributes).length !== 1)
      return "it is no linear layer";
    if (bias.some((name) => value(name).shape.length !== 1)) return "the summand is no bias";
    return isEligible(value("x"), value("weight"), value("x").shape[0]!);
  },
  replace({ emit, value }) {
    const weight = emit.op("Transpose", [value("weight")]);
    return [emitLinear(emit, value("x"), weight, ...bias.map(value))];
  },
});

/** Linear layers in the form that lowering gives them: Gemm with a weight [outputs, inputs]. */
export const linearRules = (isEligible: Eligibility): readonly RewriteRule[] => [
  linear(["bias"], isEligible),
  linear([], isEligible),
];
