import { int, numberAttribute, type RewriteRule } from "@sunstep/onnx-graph";
import { CONTRIB_DOMAIN, rewriteToContrib } from "../contrib.js";

const attention: RewriteRule = {
  name: "Attention",
  pattern: { op: "Attention", inputs: ["query", "key", "value"] },
  replace({ emit, value, attributes, root }) {
    const query = value("query");
    const heads = numberAttribute(attributes, "q_num_heads", 0);
    const sameHeads = heads === numberAttribute(attributes, "kv_num_heads", heads);
    if (attributes.softcap || root.outputs.length > 1) return undefined;
    if (query.shape.length !== 3 || query.dtype !== "float32" || !sameHeads) return undefined;
    const causal = numberAttribute(attributes, "is_causal", 0) === 1;
    return [
      emit.op(
        "MultiHeadAttention",
        [query, value("key"), value("value")],
        {
          num_heads: int(heads),
          ...(attributes.scale && { scale: attributes.scale }),
          ...(causal && { unidirectional: int(1) }),
        },
        { domain: CONTRIB_DOMAIN },
      ),
    ];
  },
};

/**
 * Attention over [batch, tokens, channels] as com.microsoft.MultiHeadAttention, which ONNX Runtime's CPU provider
 * computes tile by tile, without the matrix of scores, where there is no mask.
 */
export const attentionToMultiHeadAttention = rewriteToContrib("attentionToMultiHeadAttention", [attention]);
