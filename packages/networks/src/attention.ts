import { int, type Value } from "@sunstep/onnx-graph";
import type { Layers } from "./layers.js";

/** Module names of an attention's four projections. */
export interface AttentionProjections {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly out: string;
}

export interface AttentionOptions {
  readonly heads: number;
  readonly causal?: boolean;
}

/** diffusers' names. */
export const diffusersProjections = (module: string): AttentionProjections => ({
  query: `${module}.to_q`,
  key: `${module}.to_k`,
  value: `${module}.to_v`,
  out: `${module}.to_out.0`,
});

/** transformers' names. */
export const transformersProjections = (module: string): AttentionProjections => ({
  query: `${module}.q_proj`,
  key: `${module}.k_proj`,
  value: `${module}.v_proj`,
  out: `${module}.out_proj`,
});

/** Multi-head attention of x [batch, tokens, channels] on context [batch, context tokens, context channels]. */
export function attention(
  layers: Layers,
  module: string,
  names: AttentionProjections,
  x: Value,
  context: Value,
  { heads, causal = false }: AttentionOptions,
): Value {
  const query = layers.linear(names.query, x);
  const key = layers.linear(names.key, context);
  const value = layers.linear(names.value, context);
  const attended = layers.graph.scope(module, () =>
    layers.graph.op("Attention", [query, key, value], {
      q_num_heads: int(heads),
      kv_num_heads: int(heads),
      ...(causal && { is_causal: int(1) }),
    }),
  );
  return layers.linear(names.out, attended);
}
