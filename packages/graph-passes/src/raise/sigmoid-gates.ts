import { defineRule, numberAttribute, rewrite } from "@sunstep/onnx-graph";
import { CONTRIB_DOMAIN } from "../contrib.js";

const quickGelu = defineRule({
  name: "com.microsoft.QuickGelu",
  pattern: { op: "QuickGelu", domain: CONTRIB_DOMAIN, inputs: ["x"] },
  replace({ emit, value, attributes }) {
    const x = value("x");
    const alpha = numberAttribute(attributes, "alpha", 1.702);
    const scaled = alpha === 1 ? x : emit.op("Mul", [x, emit.scalar(alpha)]);
    return [emit.op("Mul", [x, emit.op("Sigmoid", [scaled])])];
  },
});

/** Raises com.microsoft.QuickGelu to x * Sigmoid(alpha * x): SiLU, or CLIP's quick GELU. */
export const raiseSigmoidGates = rewrite("raiseSigmoidGates", [quickGelu]);
