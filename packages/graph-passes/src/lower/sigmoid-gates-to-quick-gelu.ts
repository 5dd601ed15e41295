import { float, type Pattern, type RewriteContext, type RewriteRule, type Value } from "@sunstep/onnx-graph";
import { CONTRIB_DOMAIN, rewriteToContrib } from "../contrib.js";

const quickGelu = ({ emit }: RewriteContext, x: Value, alpha: number) => [
  emit.op("QuickGelu", [x], { alpha: float(alpha) }, { domain: CONTRIB_DOMAIN }),
];

const scaled: Pattern = { op: "Mul", inputs: ["x", "alpha"], commutative: true };

const rules: readonly RewriteRule[] = [
  {
    name: "x * Sigmoid(x)",
    pattern: { op: "Mul", inputs: ["x", { op: "Sigmoid", inputs: ["x"] }], commutative: true },
    replace: (context) => quickGelu(context, context.value("x"), 1),
  },
  {
    name: "x * Sigmoid(alpha * x)",
    pattern: { op: "Mul", inputs: ["x", { op: "Sigmoid", inputs: [scaled] }], commutative: true },
    replace(context) {
      const alpha = context.emit.constantNumbers(context.value("alpha"));
      return alpha?.length === 1 ? quickGelu(context, context.value("x"), alpha[0]!) : undefined;
    },
  },
];

/** SiLU and CLIP's quick GELU as com.microsoft.QuickGelu, one kernel that also takes blocked layouts. */
export const sigmoidGatesToQuickGelu = rewriteToContrib("sigmoidGatesToQuickGelu", rules);
