import { numberAttribute, type RewriteRule, rewrite } from "@sunstep/onnx-graph";
import { CONTRIB_DOMAIN } from "../contrib.js";

const quickGelu: RewriteRule = {
  name: "com.microsoft.QuickGelu",
  pattern: { op: "QuickGelu", domain: CONTRIB_DOMAIN, inputs: ["x"] },
  replace({ emit, value, attributes }) {
    const x = value("x");
    const alpha = numberAttribute(attributes, "alpha", 1.702);
    const scaled = alpha === 1 ? x : emit.op("Mul", [x, emit.scalar(alpha)]);
    return [emit.op("Mul", [x, emit.op("Sigmoid", [scaled])])];
  },
};

/** com.microsoft.QuickGelu as x * Sigmoid(alpha * x): SiLU, or CLIP's quick GELU. */
export const raiseSigmoidGates = rewrite("raiseSigmoidGates", [quickGelu]);
