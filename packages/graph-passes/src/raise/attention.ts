import {
  type Attributes,
  defineRule,
  float,
  type GraphIndex,
  int,
  ints,
  type MatchContext,
  numberAttribute,
  type RewriteContext,
  rewrite,
  staticShape,
  type Value,
} from "@sunstep/onnx-graph";
import { contribAttentionRules } from "./contrib-attention.js";
import { type HeadsOf, tokensOf, unscaled } from "./head-layout.js";

/**
 * A factor that differs from 1 / sqrt(head size) by less is that one, rounded: exporters of float16 models compute it in
 * float16, of which two roundings are an error of 0.001.
 */
const SCALE_TOLERANCE = 1e-3;

const softmaxAttention = defineRule({
  name: "Softmax(Q K^T) V",
  pattern: { op: "MatMul", inputs: ["probabilities", "value"] },
  check(match) {
    const found = readSoftmaxAttention(match);
    return typeof found === "string" ? found : true;
  },
  replace: (context) => [emitAttention(context, readSoftmaxAttention(context) as AttentionForm)],
});

/** The exporter of PyTorch writes Attention in four axes, from operator set 23 on. */
const attentionInHeads = defineRule({
  name: "Attention of [batch, heads, tokens, head size]",
  pattern: { op: "Attention", inputs: ["query", "key", "value"] },
  check(match) {
    const found = readHeadAttention(match);
    return typeof found === "string" ? found : true;
  },
  replace: (context) => [emitAttention(context, readHeadAttention(context) as AttentionForm)],
});

interface AttentionForm {
  /** Query, key and value over [batch, tokens, channels]. */
  readonly inputs: readonly [string, string, string];
  readonly heads: number;
  readonly scale: number;
  readonly causal: boolean;
}

/** Emits the attention, and brings its result into the layout of the node that it replaces. */
function emitAttention({ emit, root, index }: RewriteContext, form: AttentionForm): Value {
  const { inputs, heads, scale, causal } = form;
  const [query, key, value] = inputs.map((name) => emit.value(name)) as [Value, Value, Value];
  const usual = 1 / Math.sqrt(query.shape[2]! / heads);
  const own = Math.abs(scale / usual - 1) > SCALE_TOLERANCE ? float(scale) : undefined;
  const attributes: Attributes = {
    q_num_heads: int(heads),
    kv_num_heads: int(heads),
    ...(causal && { is_causal: int(1) }),
    ...(own && { scale: own }),
  };
  const attended = emit.op("Attention", [query, key, value], attributes);
  const [batch = 1, tokens = 1, channels = 1] = attended.shape;
  const perHead = emit.op("Reshape", [attended, emit.ints([batch, tokens, heads, channels / heads])]);
  const split = emit.op("Transpose", [perHead], { perm: ints([0, 2, 1, 3]) });
  return emit.op("Reshape", [split, emit.ints(staticShape(index.type(root.outputs[0]!)?.shape)!)]);
}

/** Takes Softmax(scale Q K^T + mask) V apart, or tells what is in the way. */
function readSoftmaxAttention({ index, value }: MatchContext): AttentionForm | string {
  const softmax = index.producer(withoutNaNs(value("probabilities").name, index));
  if (softmax?.op !== "Softmax") return "the first factor is not made by Softmax";
  const scores = softmax.inputs[0] ?? "";
  const rank = index.type(scores)?.shape?.length ?? 0;
  const axis = numberAttribute(softmax.attributes, "axis", -1);
  if (axis !== -1 && axis !== rank - 1) return "the softmax is not over the last axis";
  const masked = index.producer(scores);
  const [unmasked = "", mask = ""] = masked?.op === "Add" ? maskLast(masked.inputs, index) : [scores];
  if (mask !== "" && !isCausalMask(mask, scores, index)) return "the mask is not causal";
  const outer = unscaled(unmasked, index);
  const product = index.producer(outer.value);
  if (product?.op !== "MatMul") return "the scores are not a product of query and key";
  const [query = "", key = ""] = product.inputs;
  return formOf(
    [{ value: query }, { value: key, transposed: true }, { value: value("value").name }],
    { scale: outer.scale, causal: mask !== "" },
    index,
  );
}

function readHeadAttention({ index, value, root, attributes }: MatchContext): AttentionForm | string {
  const [query, key, val] = [value("query"), value("key"), value("value")];
  if (query.shape.length !== 4) return "its query is not in heads";
  if (root.outputs.slice(1).some((output) => index.useCount(output) > 0))
    return "its keys or scores are read";
  if (query.shape[1] !== key.shape[1]) return "several queries share a key";
  const own = numberAttribute(attributes, "scale", 1 / Math.sqrt(query.shape[3]!));
  return formOf(
    [{ value: query.name }, { value: key.name }, { value: val.name }],
    { scale: own, causal: numberAttribute(attributes, "is_causal", 0) === 1 },
    index,
  );
}

function formOf(
  parts: readonly [HeadsOf, HeadsOf, HeadsOf],
  { scale, causal }: { readonly scale: number; readonly causal: boolean },
  index: GraphIndex,
): AttentionForm | string {
  const found = parts.map((part) => tokensOf(part, index));
  const [query, key, value] = found;
  if (!query || !key || !value) return "query, key or value is not cut into heads by Reshape and Transpose";
  if (query.heads !== key.heads || query.batch !== value.batch || key.batch !== query.batch)
    return "query, key and value differ in heads";
  if (value.scale !== 1 || value.heads !== query.heads) return "the value has a factor, or other heads";
  return {
    inputs: [query.value, key.value, value.value],
    heads: query.heads,
    scale: scale * query.scale * key.scale,
    causal,
  };
}

/** The probabilities behind Where(IsNaN(p), 0, p), which exporters write for rows that are masked whole. */
function withoutNaNs(value: string, index: GraphIndex): string {
  const node = index.producer(value);
  const [condition = "", replaced = "", kept = ""] = node?.op === "Where" ? node.inputs : [];
  const test = index.producer(condition);
  const guards = test?.op === "IsNaN" && test.inputs[0] === kept;
  return guards && index.constant(replaced)?.every((number) => number === 0) ? kept : value;
}

/** Scores and mask of a sum, whichever comes first. */
function maskLast([a = "", b = ""]: readonly string[], index: GraphIndex): readonly [string, string] {
  return index.constant(a) && !index.constant(b) ? [b, a] : [a, b];
}

/** Tells whether a constant [.., queries, keys] is 0 up to the diagonal and makes Softmax 0 after it. */
function isCausalMask(mask: string, scores: string, index: GraphIndex): boolean {
  const numbers = index.constant(mask);
  const [queries = 1, keys = 1] = staticShape(index.type(scores)?.shape)?.slice(-2) ?? [];
  if (!numbers || index.type(mask)?.shape?.slice(-2).join() !== [queries, keys].join()) return false;
  return numbers.every((number, i) => {
    const query = Math.floor(i / keys) % queries;
    return i % keys > query ? number <= -1e4 : number === 0;
  });
}

/** Raises com.microsoft.MultiHeadAttention and MatMul-Softmax-MatMul to Attention of [batch, tokens, channels]. */
export const raiseAttention = rewrite("raiseAttention", [
  ...contribAttentionRules,
  softmaxAttention,
  attentionInHeads,
]);
