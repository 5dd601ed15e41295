import { numberAttribute } from "../attributes.js";
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

export const attentionRules: Record<string, InferenceRule> = {
  Attention: attention,
  // com.microsoft.MultiHeadAttention with unpacked 3D query, key and value
  RotaryEmbedding: (node) => [required(node, 0)],
  "com.microsoft:MultiHeadAttention": (node) => {
    const q = required(node, 0);
    const v = required(node, 2);
    return [{ dtype: q.dtype, shape: [q.shape[0]!, q.shape[1]!, v.shape[2]!] }];
  },
};
