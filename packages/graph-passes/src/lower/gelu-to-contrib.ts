import { defineRule, stringAttribute } from "@sunstep/onnx-graph";
import { CONTRIB_DOMAIN, rewriteToContrib } from "../contrib.js";

const operators: Readonly<Record<string, string>> = { none: "Gelu", tanh: "FastGelu" };

const gelu = defineRule({
  name: "Gelu",
  pattern: { op: "Gelu", inputs: ["x"] },
  check: ({ attributes }) =>
    stringAttribute(attributes, "approximate", "none") in operators || "it is unknown",
  replace({ emit, value, attributes }) {
    const operator = operators[stringAttribute(attributes, "approximate", "none")]!;
    return [emit.op(operator, [value("x")], {}, { domain: CONTRIB_DOMAIN })];
  },
});

/** Writes Gelu as com.microsoft.Gelu or FastGelu, which every operator set has. */
export const lowerGeluToContrib = rewriteToContrib("lowerGeluToContrib", [gelu]);
