import { defineRule, int, type MatchContext, numberAttribute, type Pass, rewrite } from "@sunstep/onnx-graph";
import { isPlainAttention } from "./attention-form.js";

/** The largest attention that a backend computes in one operator. */
export interface AttentionLimit {
  /** Bytes of the scores [batch, heads, queries, keys] in float32. */
  readonly scoreBytes: number;
  /** Products of one head: channels per head * queries * keys. */
  readonly products?: number;
}

/**
 * Returns a pass that writes an attention above a limit as several, each of some of the queries, joined afterwards: for
 * backends that hold the whole matrix of scores. Queries do not depend on each other, so the result is the same.
 */
export function sliceAttention(limit: AttentionLimit): Pass {
  const attention = defineRule({
    name: "Attention",
    pattern: { op: "Attention", inputs: ["query", "key", "value"] },
    check(match) {
      const form = isPlainAttention(match);
      if (form !== true) return form;
      if (mostQueries(match, limit) >= match.value("query").shape[1]!) return "it is within the limit";
      // A slice's first query would be aligned with the first key.
      return numberAttribute(match.attributes, "is_causal", 0) === 0 || "it is causal";
    },
    replace(context) {
      const { emit, value, root } = context;
      const [query, key, val] = [value("query"), value("key"), value("value")];
      const [, queries = 1] = query.shape;
      const count = Math.ceil(queries / mostQueries(context, limit));
      const sizes = Array.from({ length: count }, (_, i) => shareOf(queries, count, i));
      const slices = emit.ops("Split", [query, emit.ints(sizes)], count, { axis: int(1) });
      const attended = slices.map((slice) => emit.op("Attention", [slice, key, val], root.attributes));
      return [emit.op("Concat", attended, { axis: int(1) })];
    },
  });
  return rewrite("sliceAttention", [attention]);
}

/** Returns the number of queries that stay within the limit: at least 1. */
function mostQueries({ value, attributes }: MatchContext, limit: AttentionLimit): number {
  const [batch = 1, , channels = 1] = value("query").shape;
  const [, keys = 1] = value("key").shape;
  const heads = numberAttribute(attributes, "q_num_heads", 1);
  const headSize = Math.max(channels, value("value").shape[2] ?? 1) / heads;
  const byBytes = limit.scoreBytes / (4 * batch * heads * keys);
  const byProducts = (limit.products ?? Number.POSITIVE_INFINITY) / (headSize * keys);
  return Math.max(1, Math.floor(Math.min(byBytes, byProducts)));
}

/** Returns the size of part `index` of `count` nearly equal parts. */
function shareOf(total: number, count: number, index: number): number {
  return Math.floor(((index + 1) * total) / count) - Math.floor((index * total) / count);
}
