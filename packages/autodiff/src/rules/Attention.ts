import {
  elementCount,
  float32Data,
  int,
  ints,
  type NodeEmitter,
  numberAttribute,
  type Value,
} from "@sunstep/onnx-graph";
import { attentionGradientsInParts } from "../attention/in-parts.js";
import { reshape, scaled, sum, sumTo, swapLast } from "../composite-operators.js";
import { type GradientContext, type GradientRule, unsupported } from "../rule.js";

/** [batch, tokens, heads * size] -> [batch, heads, tokens, size]; four dimensions stay as they are. */
function byHead(emit: NodeEmitter, x: Value, heads: number): Value {
  const [batch = 1, tokens = 1, channels = 1] = x.shape;
  if (x.shape.length === 4) return x;
  const split = reshape(emit, x, [batch, tokens, heads, channels / heads]);
  return emit.op("Transpose", [split], { perm: ints([0, 2, 1, 3]) });
}

function joinHeads(emit: NodeEmitter, x: Value, shape: readonly number[]): Value {
  if (shape.length === 4) return x;
  return reshape(emit, emit.op("Transpose", [x], { perm: ints([0, 2, 1, 3]) }), shape);
}

/** Gives each query head the key head of its group: [batch, key heads, keys, size] -> [batch, heads, keys, size]. */
function repeatHeads(emit: NodeEmitter, x: Value, heads: number): Value {
  const [batch = 1, keyHeads = 1, keys = 1, size = 1] = x.shape;
  if (keyHeads === heads) return x;
  const grouped = reshape(emit, x, [batch, keyHeads, 1, keys, size]);
  const repeated = emit.op("Expand", [grouped, emit.ints([batch, keyHeads, heads / keyHeads, keys, size])]);
  return reshape(emit, repeated, [batch, heads, keys, size]);
}

/** The gradient of `repeatHeads`: the sum over each group. */
function sumGroups(emit: NodeEmitter, x: Value, keyHeads: number): Value {
  const [batch = 1, heads = 1, keys = 1, size = 1] = x.shape;
  if (keyHeads === heads) return x;
  return sum(emit, reshape(emit, x, [batch, keyHeads, heads / keyHeads, keys, size]), [2], false);
}

/** Adds -infinity at the keys after a query, for causal attention, and the given mask to the scores. */
function masked({ emit, node, input, type }: GradientContext, scores: Value): Value {
  const [queries = 1, keys = 1] = scores.shape.slice(2);
  let result = scores;
  if (numberAttribute(node.attributes, "is_causal", 0) === 1) {
    const ahead = Array.from({ length: queries * keys }, (_, i) =>
      i % keys > Math.floor(i / keys) ? Number.NEGATIVE_INFINITY : 0,
    );
    const mask = emit.initializer("causal_mask", float32Data(ahead, [queries, keys]));
    result = emit.op("Add", [result, mask]);
  }
  if (!node.inputs[3]) return result;
  return type(3).dtype === "bool"
    ? emit.op("Where", [input(3), result, emit.scalar(Number.NEGATIVE_INFINITY)])
    : emit.op("Add", [result, input(3)]);
}

function checkForm(context: GradientContext): void {
  const { node } = context;
  const more = node.inputs.slice(4).some(Boolean) || node.outputs.slice(1).some(Boolean);
  if (more) throw unsupported(context, "caches, or scores as outputs");
  if (numberAttribute(node.attributes, "softcap", 0) !== 0) throw unsupported(context, "softcap");
}

/** The sums of g y over each row of P: [batch, heads, queries, 1]. */
function rowSums({ emit, gradient, output }: GradientContext, heads: number): Value {
  const products = emit.op("Mul", [gradient, output(0)]);
  const [batch = 1, tokens = 1, channels = 1] = products.shape;
  if (products.shape.length === 4) return sum(emit, products, [3], true);
  const rows = reshape(emit, products, [batch, tokens, heads, channels / heads]);
  return emit.op("Transpose", [sum(emit, rows, [3], true)], { perm: ints([0, 2, 1, 3]) });
}

/**
 * y = P V, P = softmax(s Q K^T + mask): dV = P^T g, d mask = dS = P (g V^T - rowsum(g y)), dQ = s dS K, dK = s dS^T Q.
 * P is computed again, so that the forward pass may fuse and need not keep it (Dao et al. 2022, arXiv 2205.14135,
 * appendix B). Without a mask, scores above `attentionBytes` are computed in parts.
 */
export const Attention: GradientRule = (context) => {
  const { emit, node, gradient, wants, type, input, attentionBytes } = context;
  checkForm(context);
  const { shape } = type(0);
  const inFour = shape.length === 4;
  const heads = inFour ? shape[1]! : numberAttribute(node.attributes, "q_num_heads", 1);
  const keyHeads = inFour ? type(1).shape[1]! : numberAttribute(node.attributes, "kv_num_heads", heads);
  const size = inFour ? shape[3]! : shape[2]! / heads;
  const scale = numberAttribute(node.attributes, "scale", 1 / Math.sqrt(size));
  const ofQueries = (x: Value) => byHead(emit, x, heads);
  const ofKeys = (x: Value) => repeatHeads(emit, byHead(emit, x, keyHeads), heads);
  const join = (x: Value | undefined, i: number) => x && joinHeads(emit, x, type(i).shape);
  const joinKeys = (x: Value | undefined, i: number) => x && join(sumGroups(emit, x, keyHeads), i);
  const upstream = ofQueries(gradient);
  const query = ofQueries(input(0));

  const isMasked = Boolean(node.inputs[3]) || numberAttribute(node.attributes, "is_causal", 0) === 1;
  const scoreBytes = (4 * elementCount(query.shape) * type(1).shape.at(-2)!) / size;
  if (!isMasked && scoreBytes > attentionBytes) {
    const [ofQuery, ofKey, ofValue] = attentionGradientsInParts(
      emit,
      {
        query,
        key: ofKeys(input(1)),
        value: ofKeys(input(2)),
        upstream,
        rowSums: rowSums(context, heads),
        scale,
        wanted: [wants(0), wants(1), wants(2)],
      },
      attentionBytes,
    );
    return [join(ofQuery, 0), joinKeys(ofKey, 1), joinKeys(ofValue, 2)];
  }

  const key = ofKeys(scaled(emit, input(1), scale));
  const scores = masked(context, emit.op("MatMul", [query, swapLast(emit, key)]));
  const weights = emit.op("Softmax", [scores], { axis: int(-1) });
  const scoreGradient = () => {
    const ofWeights = emit.op("MatMul", [upstream, swapLast(emit, ofKeys(input(2)))]);
    return emit.op("Mul", [weights, emit.op("Sub", [ofWeights, rowSums(context, heads)])]);
  };
  const ofScores = wants(0) || wants(1) || wants(3) ? scoreGradient() : undefined;
  return [
    ofScores && wants(0) ? join(emit.op("MatMul", [ofScores, key]), 0) : undefined,
    ofScores && wants(1)
      ? scaled(emit, joinKeys(emit.op("MatMul", [swapLast(emit, ofScores), query]), 1)!, scale)
      : undefined,
    wants(2) ? joinKeys(emit.op("MatMul", [swapLast(emit, weights), upstream]), 2) : undefined,
    ofScores && wants(3) ? sumTo(emit, ofScores, type(3).shape) : undefined,
  ];
};
