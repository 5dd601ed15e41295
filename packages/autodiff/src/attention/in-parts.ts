import { elementCount, float, int, type NodeEmitter, type Value } from "@sunstep/onnx-graph";
import { reshape } from "../composite-operators.js";

/** An attention of one kind of head, as [batch, heads, tokens, size], and the gradient of its output. */
export interface PlainAttention {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  /** d loss / d output */
  readonly upstream: Value;
  /** Sums of upstream times output over each row, [batch, heads, queries, 1]. */
  readonly rowSums: Value;
  readonly scale: number;
  /** The gradients to compute: of queries, of keys, of values. */
  readonly wanted: readonly [boolean, boolean, boolean];
}

/** The wanted gradients of queries, keys and values, as [batch, heads, tokens, size]. */
export type AttentionGradients = readonly [Value | undefined, Value | undefined, Value | undefined];

/** Queries of one head. */
interface Part {
  /** Counted over the heads of all samples. */
  readonly head: number;
  readonly rows: number;
}

/** Returns parts of at most `bytes` of scores in float32, the parts of a head in turn; at least one query each. */
function partsOf(heads: number, queries: number, keys: number, bytes: number): Part[] {
  const count = Math.min(queries, Math.ceil((4 * queries * keys) / bytes));
  const start = (i: number) => Math.floor((i * queries) / count);
  return Array.from({ length: heads * count }, (_, i) => ({
    head: Math.floor(i / count),
    rows: start((i % count) + 1) - start(i % count),
  }));
}

/** Splits a matrix into matrices of so many rows each. */
function splitRows(emit: NodeEmitter, matrix: Value, rows: readonly number[]): readonly Value[] {
  if (rows.length === 1) return [matrix];
  return emit.ops("Split", [matrix, emit.ints(rows)], rows.length, { axis: int(0) });
}

/** [batch, heads, tokens, size] -> [batch * heads * tokens, size] */
function flat(emit: NodeEmitter, x: Value): Value {
  const size = x.shape.at(-1)!;
  return reshape(emit, x, [elementCount(x.shape) / size, size]);
}

/**
 * Emits the gradients of softmax(scale Q K^T) V without ever holding more than `bytes` of scores, or one query's: queries of
 * one head after the other (as in Dao et al. 2022, arXiv 2205.14135, algorithm 4). The three gradients of a part are
 * joined, so that a runtime which computes values as they are asked for finishes a part, and frees its scores, before it
 * begins another.
 */
export function attentionGradientsInParts(
  emit: NodeEmitter,
  attention: PlainAttention,
  bytes: number,
): AttentionGradients {
  const { query, key, value, upstream, rowSums, scale, wanted } = attention;
  const [batch = 1, perBatch = 1, queries = 1] = query.shape;
  const keys = key.shape[2]!;
  const heads = batch * perBatch;
  const parts = partsOf(heads, queries, keys, bytes);
  const rows = parts.map((part) => part.rows);
  const byPart = (x: Value) => splitRows(emit, flat(emit, x), rows);
  const byHead = (x: Value) => splitRows(emit, flat(emit, x), new Array<number>(heads).fill(keys));
  const [q, g, r, k, v] = [byPart(query), byPart(upstream), byPart(rowSums), byHead(key), byHead(value)];
  const scaled = { alpha: float(scale) };
  const gradientsOf = ({ head }: Part, i: number): readonly Value[] => {
    const scores = emit.op("Gemm", [q[i], k[head]], { ...scaled, transB: int(1) });
    const weights = emit.op("Softmax", [scores], { axis: int(-1) });
    const ofScores = () => {
      const ofWeights = emit.op("Gemm", [g[i], v[head]], { transB: int(1) });
      return emit.op("Mul", [emit.op("Sub", [ofWeights, r[i]]), weights]);
    };
    const shared = wanted[0] || wanted[1] ? ofScores() : undefined;
    return [
      ...(wanted[0] ? [emit.op("Gemm", [shared, k[head]], scaled)] : []),
      ...(wanted[1] ? [emit.op("Gemm", [shared, q[i]], { ...scaled, transA: int(1) })] : []),
      ...(wanted[2] ? [emit.op("Gemm", [weights, g[i]], { transA: int(1) })] : []),
    ];
  };
  const ofParts = parts.map(gradientsOf);
  const lengths = ofParts.flatMap((gradients) => gradients.map(({ shape }) => elementCount(shape)));
  const joined = joinFlat(
    emit,
    ofParts.map((gradients) => joinFlat(emit, gradients)),
  );
  const pieces =
    lengths.length === 1
      ? [joined]
      : emit.ops("Split", [joined, emit.ints(lengths)], lengths.length, { axis: int(0) });
  const perPart = wanted.filter(Boolean).length;
  /** Each part's gradient of one kind. */
  const kind = (which: 0 | 1 | 2) => {
    const place = wanted.slice(0, which).filter(Boolean).length;
    return parts.map((_, i) => pieces[i * perPart + place]!);
  };
  const sumOfHeads = (which: 1 | 2) => {
    const ofKind = kind(which);
    return Array.from({ length: heads }, (_, head) =>
      ofKind.filter((_, i) => parts[i]!.head === head).reduce((a, b) => emit.op("Add", [a, b])),
    );
  };
  return [
    wanted[0] ? reshape(emit, joinFlat(emit, kind(0)), query.shape) : undefined,
    wanted[1] ? reshape(emit, joinFlat(emit, sumOfHeads(1)), key.shape) : undefined,
    wanted[2] ? reshape(emit, joinFlat(emit, sumOfHeads(2)), value.shape) : undefined,
  ];
}

/** Joins the elements of values into one vector. */
function joinFlat(emit: NodeEmitter, values: readonly Value[]): Value {
  const vectors = values.map((value) => reshape(emit, value, [elementCount(value.shape)]));
  return vectors.length === 1 ? vectors[0]! : emit.op("Concat", vectors, { axis: int(0) });
}
