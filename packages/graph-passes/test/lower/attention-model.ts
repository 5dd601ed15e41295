import { float, int, type Model } from "@sunstep/onnx-graph";
import { build } from "../equivalence.js";

export interface AttentionSizes {
  readonly batch: number;
  readonly queries: number;
  readonly keys: number;
  readonly heads: number;
  readonly headSize: number;
  readonly causal?: boolean;
  readonly scale?: number;
}

/** A graph of one Attention, of the inputs query, key and value. */
export function attentionModel(sizes: AttentionSizes): Model {
  const { batch, queries, keys, heads, headSize, causal = false, scale } = sizes;
  return build((graph) => {
    const channels = heads * headSize;
    const query = graph.input("query", "float32", [batch, queries, channels]);
    const key = graph.input("key", "float32", [batch, keys, channels]);
    const value = graph.input("value", "float32", [batch, keys, channels]);
    return graph.op("Attention", [query, key, value], {
      q_num_heads: int(heads),
      kv_num_heads: int(heads),
      ...(causal && { is_causal: int(1) }),
      ...(scale && { scale: float(scale) }),
    });
  });
}
