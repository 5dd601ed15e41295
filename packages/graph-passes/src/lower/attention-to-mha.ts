import { defineRule, int, numberAttribute } from "@sunstep/onnx-graph";
import { CONTRIB_DOMAIN, rewriteToContrib } from "../contrib.js";
import { isPlainAttention } from "./attention-form.js";

const attention = defineRule({
  name: "Attention",
  pattern: { op: "Attention", inputs: ["query", "key", "value"] },
  check: (match) =>
    match.value("query").dtype === "float32" ? isPlainAttention(match) : "it is not in float32",
  replace({ emit, value, attributes }) {
    const causal = numberAttribute(attributes, "is_causal", 0) === 1;
    return [
      emit.op(
        "MultiHeadAttention",
        [value("query"), value("key"), value("value")],
        {
          num_heads: int(numberAttribute(attributes, "q_num_heads", 0)),
          ...(attributes.scale && { scale: attributes.scale }),
          ...(causal && { unidirectional: int(1) }),
        },
        { domain: CONTRIB_DOMAIN },
      ),
    ];
  },
});

/**
 * Writes Attention over [batch, tokens, channels] as com.microsoft.MultiHeadAttention. Without a mask, ONNX Runtime's CPU
 * provider computes it tile by tile and never holds the matrix of scores.
 */
export const lowerAttentionToMha = rewriteToContrib("lowerAttentionToMha", [attention]);
