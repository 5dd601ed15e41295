import { type RewriteRule, stringAttribute } from "@sunstep/onnx-graph";
import { CONTRIB_DOMAIN, rewriteToContrib } from "../contrib.js";

const operators: Readonly<Record<string, string>> = { none: "Gelu", tanh: "FastGelu" };

const gelu: RewriteRule = {
  name: "Gelu",
  pattern: { op: "Gelu", inputs: ["x"] },
  replace({ emit, value, attributes }) {
    const operator = operators[stringAttribute(attributes, "approximate", "none")];
    return operator ? [emit.op(operator, [value("x")], {}, { domain: CONTRIB_DOMAIN })] : undefined;
  },
};

/** Gelu as com.microsoft.Gelu or FastGelu, which are there at any operator set. */
export const geluToContribGelu = rewriteToContrib("geluToContribGelu", [gelu]);
