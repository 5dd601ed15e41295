import { defineRule, float, type RewriteContext, type Value } from "@sunstep/onnx-graph";
import { CONTRIB_DOMAIN, rewriteToContrib } from "../contrib.js";

const quickGelu = ({ emit }: RewriteContext, x: Value, alpha: number) => [
  emit.op("QuickGelu", [x], { alpha: float(alpha) }, { domain: CONTRIB_DOMAIN }),
];

const silu = defineRule({
  name: "x * Sigmoid(x)",
  pattern: { op: "Mul", inputs: ["x", { op: "Sigmoid", inputs: ["x"] }], commutative: true },
  replace: (context) => quickGelu(context, context.value("x"), 1),
});

const scaledGate = defineRule({
  name: "x * Sigmoid(alpha * x)",
  pattern: {
    op: "Mul",
    inputs: ["x", { op: "Sigmoid", inputs: [{ op: "Mul", inputs: ["x", "alpha"], commutative: true }] }],
    commutative: true,
  },
  check: ({ numbers }) => numbers("alpha")?.length === 1 || "alpha is not one constant",
  replace: (context) => quickGelu(context, context.value("x"), context.numbers("alpha")![0]!),
});

/** Fuses SiLU and CLIP's quick GELU to com.microsoft.QuickGelu, one kernel that also takes blocked layouts. */
export const fuseSigmoidGates = rewriteToContrib("fuseSigmoidGates", [silu, scaledGate]);
