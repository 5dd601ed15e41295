import { defineRule, int, numberAttribute } from "@sunstep/onnx-graph";
import { CONTRIB_DOMAIN, rewriteToContrib } from "../contrib.js";
import { isPlainAttention } from "./attention-form.js";

const attention = defineRule({
  name: "Attention",
  pattern: { op: "Attention", inputs: ["query", "key", "value"] },
  check(match) {
    const [query, key] = [match.value("query"), match.value("key")];
    if (query.dtype !== "float32") return "it is not in float32";
    // ONNX Runtime aligns the last query with the last key, ai.onnx the first ones.
    const causal = numberAttribute(match.attributes, "is_causal", 0) === 1;
    if (causal && query.shape[1] !== key.shape[1])
      return "it is causal, and queries and keys differ in number";
    return isPlainAttention(match);
  },
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
