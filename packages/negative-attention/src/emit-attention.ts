import type { NamedValue, Node, NodeEmitter, Value } from "@sunstep/onnx-graph";

/** The input `name` for one number. */
export const scalarInput = (name: string): NamedValue => ({ name, dtype: "float32", shape: [1] });

/** Emits the attention `node` over other keys and values. A mask belongs to the prompt's tokens and is left out. */
export function emitAttention(
  emit: NodeEmitter,
  { inputs: [query = ""], attributes }: Node,
  { key, value }: { readonly key: Value; readonly value: Value },
): Value {
  return emit.op("Attention", [emit.value(query), key, value], attributes);
}
