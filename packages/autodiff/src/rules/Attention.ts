import { float32Data, int, ints, type NodeEmitter, numberAttribute, type Value } from "@sunstep/onnx-graph";
import { reshape, scaled, sum, swapLast } from "../composite-operators.js";
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

/** What is added to the scores: -infinity at the keys after a query, and the mask that was given. */
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

function checkForm(context: GradientContext, heads: number): void {
  const { node } = context;
  const more = node.inputs.slice(4).some(Boolean) || node.outputs.slice(1).some(Boolean);
  if (more) throw unsupported(context, "caches, or scores as outputs");
  if (numberAttribute(node.attributes, "softcap", 0) !== 0) throw unsupported(context, "softcap");
  if (numberAttribute(node.attributes, "kv_num_heads", heads) !== heads)
    throw unsupported(context, "fewer heads of keys than of queries");
}

/**
 * y = P V, P = softmax(s Q K^T): dV = P^T g, dS = P (g V^T - rowsum(g y)), dQ = s dS K, dK = s dS^T Q. P is computed
 * again, so that the forward pass may fuse and need not keep it (Dao et al. 2022, arXiv 2205.14135, appendix B).
 */
export const Attention: GradientRule = (context) => {
  const { emit, node, gradient, wants, type, input, output } = context;
  const { shape } = type(0);
  const heads = shape.length === 4 ? shape[1]! : numberAttribute(node.attributes, "q_num_heads", 1);
  checkForm(context, heads);
  const size = shape.length === 4 ? shape[3]! : shape[2]! / heads;
  const scale = numberAttribute(node.attributes, "scale", 1 / Math.sqrt(size));
  const perHead = (x: Value) => byHead(emit, x, heads);
  const query = perHead(input(0));
  const key = perHead(scaled(emit, input(1), scale));
  const scores = masked(context, emit.op("MatMul", [query, swapLast(emit, key)]));
  const weights = emit.op("Softmax", [scores], { axis: int(-1) });
  const upstream = perHead(gradient);

  const scoreGradient = () => {
    const products = emit.op("Mul", [gradient, output(0)]);
    const [batch = 1, tokens = 1, channels = 1] = products.shape;
    const rows =
      shape.length === 4 ? products : reshape(emit, products, [batch, tokens, heads, channels / heads]);
    const sums = sum(emit, rows, [3], true);
    const rowSums = shape.length === 4 ? sums : emit.op("Transpose", [sums], { perm: ints([0, 2, 1, 3]) });
    const ofWeights = emit.op("MatMul", [upstream, swapLast(emit, perHead(input(2)))]);
    return emit.op("Mul", [weights, emit.op("Sub", [ofWeights, rowSums])]);
  };
  const ofScores = wants(0) || wants(1) ? scoreGradient() : undefined;
  const join = (x: Value, i: number) => joinHeads(emit, x, type(i).shape);
  return [
    ofScores && wants(0) ? join(emit.op("MatMul", [ofScores, key]), 0) : undefined,
    ofScores && wants(1)
      ? scaled(emit, join(emit.op("MatMul", [swapLast(emit, ofScores), query]), 1), scale)
      : undefined,
    wants(2) ? join(emit.op("MatMul", [swapLast(emit, weights), upstream]), 2) : undefined,
  ];
};
