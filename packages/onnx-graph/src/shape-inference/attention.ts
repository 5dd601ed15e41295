import { intsAttribute, numberAttribute } from "../attributes.js";
import { type InferenceInput, type InferenceRule, required, type StaticType, shapeError } from "./rule.js";

interface HeadSizes {
  readonly heads: number;
  readonly keyHeads: number;
  readonly size: number;
  readonly valueSize: number;
  readonly tokens: number;
  readonly keys: number;
}

/** Sizes of query, key and value in 4D [batch, heads, tokens, head size] or in 3D [batch, tokens, hidden]. */
function headSizes(node: InferenceInput): HeadSizes {
  const [q, k, v] = [0, 1, 2].map((i) => required(node, i).shape) as [
    readonly number[],
    readonly number[],
    readonly number[],
  ];
  if (q.length === 4)
    return { heads: q[1]!, keyHeads: k[1]!, size: q[3]!, valueSize: v[3]!, tokens: q[2]!, keys: k[2]! };
  const heads = numberAttribute(node.attributes, "q_num_heads", 0);
  const keyHeads = numberAttribute(node.attributes, "kv_num_heads", heads);
  return {
    heads,
    keyHeads,
    size: q[2]! / heads,
    valueSize: v[2]! / keyHeads,
    tokens: q[1]!,
    keys: k[1]!,
  };
}

/** ai.onnx Attention (opset 23). Outputs: the result, all keys and values (the past ones included), and the scores. */
const attention: InferenceRule = (node) => {
  const [{ dtype, shape: q }, { shape: k }, { shape: v }] = [0, 1, 2].map((i) => required(node, i)) as [
    StaticType,
    StaticType,
    StaticType,
  ];
  const { heads, keyHeads, size, valueSize, tokens, keys } = headSizes(node);
  const keySize = q.length === 4 ? k[3] : k[2]! / keyHeads;
  const valueTokens = q.length === 4 ? v[2] : v[1];
  if (!Number.isInteger(size) || size !== keySize || keys !== valueTokens || heads % keyHeads !== 0)
    throw shapeError(node, "query, key and value do not fit");
  const all = keys + (node.inputs[4]?.shape[2] ?? 0);
  const batch = q[0]!;
  const result = q.length === 4 ? [batch, heads, tokens, valueSize] : [batch, tokens, heads * valueSize];
  return [
    { dtype, shape: result },
    { dtype: required(node, 1).dtype, shape: [batch, keyHeads, all, size] },
    { dtype: required(node, 2).dtype, shape: [batch, keyHeads, all, valueSize] },
    { dtype, shape: [batch, heads, tokens, all] },
  ];
};

/**
 * com.microsoft.MultiHeadAttention (ONNX Runtime's docs/ContribOperators.md): query, key and value in 3D; the query in 3D and
 * both others packed as [batch, tokens, heads, 2, head size]; or all packed as [batch, tokens, heads, 3, head size].
 */
const multiHeadAttention: InferenceRule = (node) => {
  const { dtype, shape: q } = required(node, 0);
  const [batch = 0, tokens = 0, heads = 0, , size = 0] = q;
  if (q.length === 5) return [{ dtype, shape: [batch, tokens, heads * size] }];
  if (!node.inputs[2]) return [{ dtype, shape: q }];
  const v = required(node, 2).shape;
  return [{ dtype, shape: [batch, tokens, v.length === 4 ? v[1]! * v[3]! : v[2]!] }];
};

/** com.microsoft.Attention: tokens [batch, tokens, inputs], and the weights of all three projections side by side. */
const projectedAttention: InferenceRule = (node) => {
  const { dtype, shape } = required(node, 0);
  const sizes = intsAttribute(node.attributes, "qkv_hidden_sizes");
  const width = sizes?.[2] ?? required(node, 1).shape[1]! / 3;
  return [{ dtype, shape: [...shape.slice(0, 2), width] }];
};

export const attentionRules: Record<string, InferenceRule> = {
  Attention: attention,
  RotaryEmbedding: (node) => [required(node, 0)],
  "com.microsoft:MultiHeadAttention": multiHeadAttention,
  "com.microsoft:Attention": projectedAttention,
};
