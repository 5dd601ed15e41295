import {
  defineRule,
  float32Data,
  int,
  ints,
  type NodeEmitter,
  numberAttribute,
  rewrite,
  type Value,
} from "@sunstep/onnx-graph";
import { isPlainAttention } from "./attention-form.js";

const attention = defineRule({
  name: "Attention",
  pattern: { op: "Attention", inputs: ["query", "key", "value"] },
  check: isPlainAttention,
  replace({ emit, value, attributes }) {
    const [query, key, val] = [value("query"), value("key"), value("value")];
    const heads = numberAttribute(attributes, "q_num_heads", 0);
    const [batch = 1, tokens = 1, channels = 1] = query.shape;
    const scale = numberAttribute(attributes, "scale", 1 / Math.sqrt(channels / heads));
    const scaled = emit.op("Mul", [query, emit.scalar(scale)]);
    const scores = emit.op("MatMul", [
      split(emit, scaled, heads, [0, 2, 1, 3]),
      split(emit, key, heads, [0, 2, 3, 1]),
    ]);
    const causal = numberAttribute(attributes, "is_causal", 0) === 1;
    const masked = causal ? emit.op("Add", [scores, causalMask(emit, tokens, key.shape[1]!)]) : scores;
    const weights = emit.op("Softmax", [masked], { axis: int(-1) });
    const mixed = emit.op("MatMul", [weights, split(emit, val, heads, [0, 2, 1, 3])]);
    const joined = emit.op("Transpose", [mixed], { perm: ints([0, 2, 1, 3]) });
    return [emit.op("Reshape", [joined, emit.ints([batch, tokens, val.shape[2]!])])];
  },
});

/** [batch, tokens, channels] -> [batch, tokens, heads, channels per head], permuted. */
function split(emit: NodeEmitter, x: Value, heads: number, permutation: readonly number[]): Value {
  const [batch = 1, tokens = 1, channels = 1] = x.shape;
  const perHead = emit.op("Reshape", [x, emit.ints([batch, tokens, heads, channels / heads])]);
  return emit.op("Transpose", [perHead], { perm: ints(permutation) });
}

/** [queries, keys]: 0 up to a query's own position, -infinity after it. */
function causalMask(emit: NodeEmitter, queries: number, keys: number): Value {
  const mask = Array.from({ length: queries * keys }, (_, i) =>
    i % keys > Math.floor(i / keys) ? Number.NEGATIVE_INFINITY : 0,
  );
  return emit.initializer("causal_mask", float32Data(mask, [queries, keys]));
}

/** Writes Attention as Softmax(Q K^T * scale) V for each head (Vaswani et al. 2017, arXiv 1706.03762, equation 1). */
export const lowerAttentionToSoftmax = rewrite("lowerAttentionToSoftmax", [attention]);
