import {
  type Attributes,
  defineRule,
  float,
  type GraphIndex,
  int,
  intsAttribute,
  type MatchContext,
  type Node,
  numberAttribute,
  rewrite,
  staticShape,
} from "@sunstep/onnx-graph";
import { CONTRIB_DOMAIN } from "../contrib.js";

const contribAttention = defineRule({
  name: "com.microsoft.MultiHeadAttention",
  pattern: { op: "MultiHeadAttention", domain: CONTRIB_DOMAIN, inputs: ["query", "key", "value"] },
  check({ value, attributes }) {
    const [query, key, val] = [value("query"), value("key"), value("value")];
    if ([query, key, val].some(({ shape }) => shape.length !== 3))
      return "query, key and value are not [batch, tokens, channels]";
    // ONNX Runtime aligns the last query with the last key, ai.onnx the first ones.
    const causal = numberAttribute(attributes, "unidirectional", 0) === 1;
    return (
      !causal || query.shape[1] === key.shape[1] || "it is causal, and queries and keys differ in number"
    );
  },
  replace({ emit, value, attributes }) {
    const heads = numberAttribute(attributes, "num_heads", 0);
    const causal = numberAttribute(attributes, "unidirectional", 0) === 1;
    const inputs = [value("query"), value("key"), value("value")];
    return [emit.op("Attention", inputs, attentionAttributes(heads, causal, attributes.scale))];
  },
});

const softmaxAttention = defineRule({
  name: "Softmax(Q K^T) V",
  pattern: {
    op: "Reshape",
    inputs: [
      {
        op: "Transpose",
        as: "joined",
        inputs: [{ op: "MatMul", inputs: [{ op: "Softmax", as: "softmax", inputs: ["scores"] }, "value"] }],
      },
      "shape",
    ],
  },
  check(match) {
    const found = readAttention(match);
    return typeof found === "string" ? found : true;
  },
  replace(context) {
    const { emit } = context;
    const { inputs, heads, scale, causal } = readAttention(context) as AttentionForm;
    const query = emit.value(inputs[0]);
    const usual = 1 / Math.sqrt(query.shape[2]! / heads);
    const own = Math.abs(scale / usual - 1) > 1e-6 ? float(scale) : undefined;
    const values = [query, emit.value(inputs[1]), emit.value(inputs[2])];
    return [emit.op("Attention", values, attentionAttributes(heads, causal, own))];
  },
});

function attentionAttributes(
  heads: number,
  causal: boolean,
  scale: Attributes[string] | undefined,
): Attributes {
  return {
    q_num_heads: int(heads),
    kv_num_heads: int(heads),
    ...(causal && { is_causal: int(1) }),
    ...(scale && { scale }),
  };
}

interface AttentionForm {
  /** Query, key and value over [batch, tokens, channels]. */
  readonly inputs: readonly [string, string, string];
  readonly heads: number;
  readonly scale: number;
  readonly causal: boolean;
}

/** Takes Softmax(Q K^T) V apart, or tells what is in the way. */
function readAttention(context: MatchContext): AttentionForm | string {
  const { index, node, value, root } = context;
  const scores = value("scores");
  const [batch = 1, heads = 1] = scores.shape;
  const axis = numberAttribute(node("softmax").attributes, "axis", -1);
  if (axis !== -1 && axis !== scores.shape.length - 1) return "the softmax is not over the last axis";
  if (!isPermutation(node("joined"), [0, 2, 1, 3])) return "heads are joined in another order";
  const parts = scoreParts(scores.name, context);
  if (typeof parts === "string") return parts;
  const v = unsplit(value("value").name, [0, 2, 1, 3], index);
  const query = unsplit(parts.query, [0, 2, 1, 3], index);
  const key = unsplit(parts.key, [0, 2, 3, 1], index);
  if (!v || !query || !key) return "query, key or value is not cut into heads by Reshape and Transpose";
  // The factor may sit on the flat query, before it is cut into heads.
  const flat = unscaled(query, index);
  const [q, k, values] = [flat.value, key, v].map((name) => staticShape(index.type(name)?.shape));
  if (q?.length !== 3 || k?.length !== 3 || values?.length !== 3)
    return "query, key and value are not [batch, tokens, channels] of known sizes";
  const result = index.type(root.outputs[0] ?? "")?.shape?.join();
  if (result !== [batch, q[1], values[2]].join()) return "the result is not [batch, tokens, channels]";
  return { inputs: [flat.value, key, v], heads, scale: parts.scale * flat.scale, causal: parts.causal };
}

interface ScoreParts {
  /** Values of shape [batch, heads, tokens, head size] and [batch, heads, head size, tokens]. */
  readonly query: string;
  readonly key: string;
  readonly scale: number;
  readonly causal: boolean;
}

/** Takes scale * Q K^T + causal mask apart, wherever the exporter put the scale. */
function scoreParts(scores: string, { index }: MatchContext): ScoreParts | string {
  const masked = index.producer(scores);
  const [unmasked = "", mask = ""] = masked?.op === "Add" ? masked.inputs : [scores];
  if (mask !== "" && !isCausalMask(mask, scores, index)) return "the mask is not causal";
  const outer = unscaled(unmasked, index);
  const product = index.producer(outer.value);
  if (product?.op !== "MatMul") return "the scores are not a product of query and key";
  const query = unscaled(product.inputs[0] ?? "", index);
  const key = unscaled(product.inputs[1] ?? "", index);
  return {
    query: query.value,
    key: key.value,
    scale: outer.scale * query.scale * key.scale,
    causal: mask !== "",
  };
}

/** x and s of x * s or x / (1 / s), with s a constant; x and 1 of anything else. */
function unscaled(value: string, index: GraphIndex): { value: string; scale: number } {
  const node = index.producer(value);
  const [x = "", factor = ""] = node?.inputs ?? [];
  const numbers = node?.op === "Mul" || node?.op === "Div" ? index.constant(factor) : undefined;
  if (numbers?.length !== 1) return { value, scale: 1 };
  return { value: x, scale: node?.op === "Mul" ? numbers[0]! : 1 / numbers[0]! };
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

/** The [batch, tokens, channels] value that was cut into heads and permuted. */
function unsplit(value: string, permutation: readonly number[], index: GraphIndex): string | undefined {
  const transpose = index.producer(value);
  if (!transpose || !isPermutation(transpose, permutation)) return undefined;
  const reshape = index.producer(transpose.inputs[0] ?? "");
  return reshape?.op === "Reshape" ? reshape.inputs[0] : undefined;
}

function isPermutation(node: Node, permutation: readonly number[]): boolean {
  return node.op === "Transpose" && intsAttribute(node.attributes, "perm")?.join() === permutation.join();
}

/** Raises com.microsoft.MultiHeadAttention and MatMul-Softmax-MatMul to Attention. */
export const raiseAttention = rewrite("raiseAttention", [contribAttention, softmaxAttention]);
