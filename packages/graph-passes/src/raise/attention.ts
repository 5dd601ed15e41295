import {
  type Attributes,
  float,
  type GraphIndex,
  int,
  intsAttribute,
  type Node,
  numberAttribute,
  type RewriteContext,
  type RewriteRule,
  rewrite,
  staticShape,
  type Value,
} from "@sunstep/onnx-graph";
import { CONTRIB_DOMAIN } from "../contrib.js";

const contribAttention: RewriteRule = {
  name: "com.microsoft.MultiHeadAttention",
  pattern: { op: "MultiHeadAttention", domain: CONTRIB_DOMAIN, inputs: ["query", "key", "value"] },
  replace({ emit, value, attributes, root }) {
    const inputs = [value("query"), value("key"), value("value")];
    if (root.outputs.length > 1 || inputs.some(({ shape }) => shape.length !== 3)) return undefined;
    const heads = numberAttribute(attributes, "num_heads", 0);
    const causal = numberAttribute(attributes, "unidirectional", 0) === 1;
    return [emit.op("Attention", inputs, attentionAttributes(heads, causal, attributes.scale))];
  },
};

const softmaxAttention: RewriteRule = {
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
  replace(context) {
    const { emit, index, node, value, root } = context;
    const lastAxis = value("scores").shape.length - 1;
    const axis = numberAttribute(node("softmax").attributes, "axis", -1);
    if (!isPermutation(node("joined"), [0, 2, 1, 3]) || (axis !== -1 && axis !== lastAxis)) return undefined;
    const parts = scoreParts(value("scores").name, context);
    const v = unsplit(value("value").name, [0, 2, 1, 3], index);
    const query = parts && unsplit(parts.query, [0, 2, 1, 3], index);
    const key = parts && unsplit(parts.key, [0, 2, 3, 1], index);
    if (!parts || !v || !query || !key) return undefined;
    // The factor may sit on the flat query, before it is cut into heads.
    const flat = unscaled(query, context);
    const names = [flat.value, key, v];
    if (names.some((name) => !staticShape(index.type(name)?.shape))) return undefined;
    const inputs = names.map((name) => emit.value(name));
    const [q, , values] = inputs as [Value, Value, Value];
    const [batch = 1, heads = 1] = value("scores").shape;
    if (inputs.some(({ shape }) => shape.length !== 3)) return undefined;
    const result = index.type(root.outputs[0] ?? "")?.shape?.join();
    if (result !== [batch, q.shape[1], values.shape[2]].join()) return undefined;
    const scale = parts.scale * flat.scale;
    const usual = 1 / Math.sqrt(q.shape[2]! / heads);
    const own = Math.abs(scale / usual - 1) > 1e-6 ? float(scale) : undefined;
    return [emit.op("Attention", inputs, attentionAttributes(heads, parts.causal, own))];
  },
};

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

interface ScoreParts {
  /** Values of shape [batch, heads, tokens, head size] and [batch, heads, head size, tokens]. */
  readonly query: string;
  readonly key: string;
  readonly scale: number;
  readonly causal: boolean;
}

/** Takes scale * Q K^T + causal mask apart, wherever the exporter put the scale. */
function scoreParts(scores: string, context: RewriteContext): ScoreParts | undefined {
  const { index } = context;
  const masked = index.producer(scores);
  const [unmasked = "", mask = ""] = masked?.op === "Add" ? masked.inputs : [scores];
  if (mask !== "" && !isCausalMask(mask, scores, context)) return undefined;
  const outer = unscaled(unmasked, context);
  const product = index.producer(outer.value);
  if (product?.op !== "MatMul") return undefined;
  const query = unscaled(product.inputs[0] ?? "", context);
  const key = unscaled(product.inputs[1] ?? "", context);
  return {
    query: query.value,
    key: key.value,
    scale: outer.scale * query.scale * key.scale,
    causal: mask !== "",
  };
}

/** x and s of x * s or x / (1 / s), with s a constant; x and 1 of anything else. */
function unscaled(value: string, { index, emit }: RewriteContext): { value: string; scale: number } {
  const node = index.producer(value);
  const [x = "", factor = ""] = node?.inputs ?? [];
  const numbers =
    node?.op === "Mul" || node?.op === "Div" ? emit.constantNumbers({ name: factor }) : undefined;
  if (numbers?.length !== 1) return { value, scale: 1 };
  return { value: x, scale: node?.op === "Mul" ? numbers[0]! : 1 / numbers[0]! };
}

/** A constant [.., queries, keys], as the scores have, of 0 and, after the diagonal, of what Softmax makes 0. */
function isCausalMask(mask: string, scores: string, { emit }: RewriteContext): boolean {
  const numbers = emit.constantNumbers({ name: mask });
  const [queries = 1, keys = 1] = emit.value(scores).shape.slice(-2);
  if (!numbers || emit.value(mask).shape.slice(-2).join() !== [queries, keys].join()) return false;
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

/** Attention out of com.microsoft.MultiHeadAttention, and out of MatMul-Softmax-MatMul. */
export const raiseAttention = rewrite("raiseAttention", [contribAttention, softmaxAttention]);
