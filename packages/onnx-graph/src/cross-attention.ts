import { staticShape } from "./data.js";
import { type GraphIndex, indexGraph } from "./graph-index.js";
import type { Graph, NamedValue, Node } from "./model.js";

/** The input that diffusers' U-Nets read the encoded prompt from. */
export const CONTEXT_INPUT = "encoder_hidden_states";

/** The input that adapters and methods for negative prompts read the encoded negative prompt from. */
export const NEGATIVE_INPUT = "negative_hidden_states";

/** Returns `NEGATIVE_INPUT` for `tokens` tokens: float32, with the batch and the width of the graph input `prompt`. */
export function negativeInput({ inputs }: Graph, prompt: string, tokens: number): NamedValue {
  const [batch = 1, , width = 1] = staticShape(inputs.find(({ name }) => name === prompt)?.shape) ?? [];
  return { name: NEGATIVE_INPUT, dtype: "float32", shape: [batch, tokens, width] };
}

/** A cross-attention of a graph: an Attention (ai.onnx 23, 3D) whose keys are a projection of the encoded prompt. */
export interface CrossAttention {
  readonly node: Node;
  /** The encoded prompt as the key projection reads it, [batch, tokens, context channels]. */
  readonly context: string;
  /** Width of the query, [batch, image tokens, channels]. */
  readonly channels: number;
}

/** Operators that a projection from the encoded prompt to keys may consist of. */
const projection = new Set(["MatMul", "Gemm", "Add", "Reshape", "Transpose", "Cast", "Identity"]);

/** Finds the cross-attentions over the graph input `prompt`, in graph order. */
export function findCrossAttentions(graph: Graph, prompt: string): readonly CrossAttention[] {
  const index = indexGraph(graph);
  return graph.nodes.flatMap((node): CrossAttention[] => {
    if (node.op !== "Attention" || node.domain !== "") return [];
    const query = staticShape(index.type(node.inputs[0] ?? "")?.shape);
    const context = projectedInput(node.inputs[1] ?? "", prompt, index);
    return query?.length === 3 && context !== undefined ? [{ node, context, channels: query[2]! }] : [];
  });
}

/** Returns the value that the MatMul behind `key` multiplies if it comes from the graph input `prompt`. */
function projectedInput(key: string, prompt: string, index: GraphIndex): string | undefined {
  let multiplied: string | undefined;
  let value = key;
  while (value !== prompt) {
    const node = index.producer(value);
    if (!node || !projection.has(node.op)) return undefined;
    // Either operand of an Add may be the bias; the other one is computed.
    const computed = node.inputs.find((input) => input === prompt || index.producer(input) !== undefined);
    if (node.op === "MatMul" || node.op === "Gemm") {
      if (multiplied !== undefined) return undefined;
      multiplied = node.inputs[0];
      value = node.inputs[0] ?? "";
    } else {
      value = (node.op === "Add" ? computed : node.inputs[0]) ?? "";
    }
  }
  return multiplied;
}
