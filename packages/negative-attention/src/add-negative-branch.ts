import {
  CONTEXT_INPUT,
  findCrossAttentions,
  indexGraph,
  type Model,
  type NamedValue,
  NEGATIVE_INPUT,
  type Node,
  type NodeEmitter,
  negativeInput,
  type Pass,
  type PassResult,
  replaceResults,
  staticShape,
  type Value,
} from "@sunstep/onnx-graph";
import { emitProjection } from "./emit-projection.js";
import { negativeAttentionError } from "./errors.js";

export interface NegativeAttentionOptions {
  /** Length of the encoded negative prompt, which may differ from the prompt's. Default: 77. */
  readonly negativeTokens?: number;
  /** The graph's input for the encoded prompt; "encoder_hidden_states" (default) in diffusers' U-Nets. */
  readonly contextInput?: string;
}

/** A cross-attention and both prompts as it attends to them. */
export interface NegativeLayer {
  /** The Attention over the prompt: its attributes are heads and scale, its first inputs query, key and value. */
  readonly node: Node;
  /** Z+, its result, [batch, image tokens, channels]. */
  readonly positive: Value;
  /** K- and V-, the negative prompt through the layer's own projections, [batch, negativeTokens, channels]. */
  readonly key: Value;
  readonly value: Value;
}

/** A method: its name, its inputs of the graph beside the negative prompt, and its change to a cross-attention. */
export interface NegativeBranch {
  readonly name: string;
  readonly inputs: (sizes: {
    readonly batch: number;
    readonly negativeTokens: number;
  }) => readonly NamedValue[];
  /** Emits the value that replaces Z+. */
  readonly emit: (emit: NodeEmitter, layer: NegativeLayer) => Value;
}

/**
 * Returns a pass that gives every cross-attention a second prompt. New input, beside the method's:
 * `negative_hidden_states` [batch, negativeTokens, context channels], float32.
 * @throws SunstepError NEGATIVE_NO_CROSS_ATTENTION, NEGATIVE_ALREADY_ADDED, NEGATIVE_PROJECTION
 */
export function addNegativeBranch(branch: NegativeBranch, options: NegativeAttentionOptions = {}): Pass {
  return { name: branch.name, run: (model) => addToGraph(model, branch, options) };
}

function addToGraph(
  model: Model,
  branch: NegativeBranch,
  { negativeTokens = 77, contextInput = CONTEXT_INPUT }: NegativeAttentionOptions,
): PassResult {
  const { graph } = model;
  if (graph.inputs.some(({ name }) => name === NEGATIVE_INPUT)) {
    throw negativeAttentionError(
      "NEGATIVE_ALREADY_ADDED",
      `${branch.name}: the graph has the input ${NEGATIVE_INPUT} already: it reads negative prompts by a SUN adapter or another method, and can by one only`,
    );
  }
  const layers = new Set(
    findCrossAttentions(graph, contextInput).flatMap(({ node }) => (isFirst(node) ? [] : node.outputs)),
  );
  if (layers.size === 0) {
    throw negativeAttentionError(
      "NEGATIVE_NO_CROSS_ATTENTION",
      `no cross-attention layers found in the graph ${graph.name}: no Attention has keys made from an input ${contextInput}`,
    );
  }
  const negative = negativeInput(graph, contextInput, negativeTokens);
  const [batch] = staticShape(negative.shape)!;
  const inputs = [...graph.inputs, negative, ...branch.inputs({ batch: batch!, negativeTokens })];
  const index = indexGraph(graph);
  return replaceResults({ ...model, graph: { ...graph, inputs } }, (node, emit) => {
    const [result = ""] = node.outputs;
    if (!layers.has(result)) return undefined;
    const scope = `${node.name.replace(/\/[^/]*$/, "") || "attention"}.${branch.name}`;
    return emit.scope(scope, () => {
      const by = { prompt: contextInput, negative: emit.value(NEGATIVE_INPUT) };
      const [key, value] = [1, 2].map((i) => emitProjection(emit, node.inputs[i] ?? "", by, index));
      return branch.emit(emit, { node, positive: emit.value(result), key: key!, value: value! });
    });
  });
}

/**
 * The methods change attn2 (the authors' `"attn2" in name`). Where a U-Net has `only_cross_attention`, its attn1 attends to the
 * prompt too.
 */
function isFirst({ name }: Node): boolean {
  return /(?:^|[/.])attn1(?:[/.]|$)/.test(name);
}
