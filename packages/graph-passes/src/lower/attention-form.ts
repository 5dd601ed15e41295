import { type MatchContext, numberAttribute } from "@sunstep/onnx-graph";

/** Checks that Attention is over [batch, tokens, channels], with as many key heads as query heads and no softcap. */
export function isPlainAttention({ value, attributes }: MatchContext): true | string {
  const heads = numberAttribute(attributes, "q_num_heads", 0);
  if (value("query").shape.length !== 3) return "the queries are not [batch, tokens, channels]";
  if (numberAttribute(attributes, "kv_num_heads", heads) !== heads)
    return "keys have fewer heads than queries";
  return numberAttribute(attributes, "softcap", 0) === 0 || "the scores have a softcap";
}
