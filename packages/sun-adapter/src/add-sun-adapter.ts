import {
  CONTEXT_INPUT,
  type CrossAttention,
  type Graph,
  indexGraph,
  type Model,
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
import {
  type BranchInputs,
  emitBranches,
  emitOffset,
  type SignedBranch,
  type SunNorm,
} from "./emit-branch.js";
import { formatShape, sunError } from "./errors.js";
import { crossAttentionsInOrder } from "./processor-order.js";
import type { SunAdapter, SunLayer } from "./sun-adapter.js";

export interface AddSunOptions {
  /** "sample" (default) keeps the images of a batch apart; "batch" is the authors' code. Equal for one image. */
  readonly norm?: SunNorm;
  /** Length of the encoded negative prompt: 77 (default) per chunk. */
  readonly negativeTokens?: number;
  /** The graph's input for the encoded prompt; "encoder_hidden_states" (default) in diffusers' U-Nets. */
  readonly contextInput?: string;
}

const SCALE = "sun_scale";

/**
 * Returns a pass that plugs a SUN adapter into a U-Net: every cross-attention Zp becomes Zp - s Zn' (+ s Ze'), where Zn attends to
 * the negative prompt, Ze once more to the prompt, and Z' = alpha ||Zp||2 Z / ||Z||2 + beta (arXiv 2312.08887 and the
 * authors' attention processor). New inputs, float32: `negative_hidden_states` [batch, negativeTokens, context channels]
 * and `sun_scale` [1], s above: 1 is the adapter as trained, 0 is the plain U-Net exactly.
 * Finds attentions as ai.onnx Attention nodes.
 * @throws SunstepError SUN_NO_CROSS_ATTENTION, SUN_LAYERS, SUN_SHAPE, SUN_ALREADY_ADDED
 */
export function addSunAdapter(adapter: SunAdapter, options: AddSunOptions = {}): Pass {
  return {
    name: "addSunAdapter",
    run(model) {
      return addToGraph(model, adapter, options);
    },
  };
}

function addToGraph(
  model: Model,
  adapter: SunAdapter,
  { norm = "sample", negativeTokens = 77, contextInput = CONTEXT_INPUT }: AddSunOptions,
): PassResult {
  const { graph } = model;
  if (graph.inputs.some((input) => input.name === NEGATIVE_INPUT)) {
    throw sunError(
      "SUN_ALREADY_ADDED",
      `the graph has the input ${NEGATIVE_INPUT} already: it reads negative prompts by a SUN adapter or another method, and can by one only`,
      {
        file: adapter.file,
      },
    );
  }
  const attentions = crossAttentionsInOrder(graph, contextInput);
  if (attentions.length === 0) {
    throw sunError(
      "SUN_NO_CROSS_ATTENTION",
      `no cross-attention layers found in the graph ${graph.name}: no Attention has keys made from an input ${contextInput}`,
      { file: adapter.file },
    );
  }
  const layers = matchLayers(adapter, attentions, graph);

  const inputs = [
    ...graph.inputs,
    negativeInput(graph, contextInput, negativeTokens),
    { name: SCALE, dtype: "float32", shape: [1] } as const,
  ];
  return replaceResults({ ...model, graph: { ...graph, inputs } }, (node, emit) => {
    const found = layers.get(node.outputs[0] ?? "");
    return found && emit.scope(scopeOf(node, found.layer), () => emitLayer(emit, node, found, norm));
  });
}

interface MatchedLayer {
  readonly attention: CrossAttention;
  readonly layer: SunLayer;
}

/** Pairs the i-th cross-attention with the adapter's layer 2i + 1, by its result. Throws where they do not fit. */
function matchLayers(
  { file, layers }: SunAdapter,
  attentions: readonly CrossAttention[],
  graph: Graph,
): ReadonlyMap<string, MatchedLayer> {
  const index = indexGraph(graph);
  const byIndex = new Map(layers.map((layer) => [layer.index, layer]));
  const wanted = attentions.map((_, i) => 2 * i + 1);
  const pairs = attentions.flatMap((attention, i): MatchedLayer[] => {
    const layer = byIndex.get(2 * i + 1);
    return layer ? [{ attention, layer }] : [];
  });
  const misfits = pairs.flatMap(({ attention, layer }) => {
    const context = staticShape(index.type(attention.context)?.shape) ?? [];
    const shape = formatShape([attention.channels, context.at(-1) ?? 0]);
    return [layer.negative, ...(layer.extraPositive ? [layer.extraPositive] : [])]
      .filter(({ key }) => formatShape(key.shape) !== shape)
      .map(
        ({ key }) =>
          `${key.name} is ${formatShape(key.shape)}, but ${attention.node.name} of the U-Net needs ${shape}`,
      );
  });
  const missing = wanted.filter((i) => !byIndex.has(i));
  const surplus = layers.map((layer) => layer.index).filter((i) => !wanted.includes(i));
  const problems = [
    ...misfits.slice(0, 1),
    ...(missing.length > 0 || surplus.length > 0
      ? [`it covers ${pairs.length} of the U-Net's ${attentions.length} cross-attention layers`]
      : []),
    ...(missing.length > 0 ? [`it lacks the indices ${missing.join(", ")}`] : []),
    ...(surplus.length > 0 ? [`the U-Net has no indices ${surplus.join(", ")}`] : []),
  ];
  if (problems.length > 0) {
    throw sunError(
      misfits.length > 0 ? "SUN_SHAPE" : "SUN_LAYERS",
      `${file}: the SUN adapter does not fit: ${problems.join("; ")}. Is it an adapter for another model?`,
      { file, misfits, missing, surplus },
    );
  }
  return new Map(pairs.map((pair) => [pair.attention.node.outputs[0] ?? "", pair]));
}

/** Emits the adapter's part of one cross-attention; returns the value that replaces the attention's result. */
function emitLayer(emit: NodeEmitter, node: Node, { attention, layer }: MatchedLayer, norm: SunNorm): Value {
  const [query = "", , , ...rest] = node.inputs;
  const positive = emit.value(node.outputs[0] ?? "");
  const scale = emit.value(SCALE);
  const shared: BranchInputs = {
    query: emit.value(query),
    attributes: node.attributes,
    positive,
    scale,
    norm,
  };
  const { negative, extraPositive } = layer;
  // A mask belongs to the prompt's tokens; the negative prompt has none (authors' attention processor).
  const mask = rest.map((input) => (input === "" ? undefined : emit.value(input)));
  const branches: SignedBranch[] = [
    { branch: negative, sign: -1, context: emit.value(NEGATIVE_INPUT), mask: [] },
    ...(extraPositive
      ? [{ branch: extraPositive, sign: 1, context: emit.value(attention.context), mask } as const]
      : []),
  ];
  const image = emit.op("Add", [positive, emitBranches(emit, branches, shared)]);
  return emit.op("Add", [image, emitOffset(emit, branches, scale)]);
}

function scopeOf(node: Node, layer: SunLayer): string {
  return `${node.name.replace(/\/[^/]*$/, "") || "attention"}.sun.${layer.index}`;
}
