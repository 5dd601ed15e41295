import { int, type Value } from "@sunstep/onnx-graph";
import type { Layers } from "./layers.js";

/** Names of an attention's four projections, relative to its module. */
interface ProjectionNames {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly out: string;
}

const diffusersProjections: ProjectionNames = {
  query: "to_q",
  key: "to_k",
  value: "to_v",
  out: "to_out.0",
};

export const transformersProjections: ProjectionNames = {
  query: "q_proj",
  key: "k_proj",
  value: "v_proj",
  out: "out_proj",
};

export interface AttentionOptions {
  readonly heads: number;
  /** Values that keys and values are projected from, [batch, context tokens, context channels]; default: x itself. */
  readonly context?: Value;
  readonly causal?: boolean;
  /** Default: diffusers' names. */
  readonly names?: ProjectionNames;
}

/** Multi-head attention of x [batch, tokens, channels] on its context. */
export function attention(
  layers: Layers,
  x: Value,
  { heads, context = x, causal = false, names = diffusersProjections }: AttentionOptions,
): Value {
  const query = layers.linear(names.query, x);
  const key = layers.linear(names.key, context);
  const value = layers.linear(names.value, context);
  const attended = layers.op("Attention", [query, key, value], {
    q_num_heads: int(heads),
    kv_num_heads: int(heads),
    ...(causal && { is_causal: int(1) }),
  });
  return layers.linear(names.out, attended);
}
