import {
  editGraph,
  float,
  float32Data,
  type Graph,
  type GraphIndex,
  indexGraph,
  int,
  ints,
  type Node,
  type NodeEmitter,
  numberAttribute,
  type Pass,
  removeDeadCode,
  type Value,
  valuesRead,
} from "@sunstep/onnx-graph";

/** Key counts become a multiple of this, which leaves ONNX Runtime's softmax no remainder: 80 take half the time of 77. */
const ROW = 16;

/**
 * Score of a padded key. Keys are centred, which softmax does not see, so their mean score is 0 and the best one is not
 * below: a padded key weighs less than e^-40, which is nothing in float32. Exponentials of far lower scores would be
 * subnormal, and processors take three times as long for those.
 */
const PADDED_SCORE = -40;

/** The linear layer x W^T that makes the queries of cross-attentions. */
interface QueryLayer {
  readonly x: string;
  /** W, [channels, channels of x] */
  readonly weight: string;
  readonly heads: number;
  /** How often cross-attentions read its result. */
  reads: number;
}

/**
 * Pads cross-attention keys to a multiple of 16 (77 -> 80). Padded keys are masked through one extra channel per head: 1 in
 * the queries, 0 in real keys, -40 / scale in padded ones. Where keys come from other inputs than queries, the padding
 * happens where keys are made, once for each prompt (`splitInvariant`).
 */
export const padKeys: Pass = {
  name: "padKeys",
  run(model) {
    const { graph } = model;
    const index = indexGraph(graph);
    const layers = queryLayers(graph, index);
    const queries = new Map<string, Value>();
    const edited = editGraph(model, (node, emit) => {
      const [output = ""] = node.outputs;
      const layer = layers.get(output);
      if (layer) {
        queries.set(
          output,
          emit.scope(node.name, () => queriesWithOnes(emit, layer)),
        );
        return [node, ...emit.nodes];
      }
      const query = headsOf(node) && queries.get(unstacked(node, index));
      if (!query) return undefined;
      const padded = emit.scope(node.name, () => padAttention(emit, query, node));
      return [...emit.nodes, padded];
    });
    return edited.modified ? { model: removeDeadCode.run(edited.model).model, modified: true } : edited;
  },
};

/** Query projections that only cross-attentions with paddable keys read, keyed by output name. */
function queryLayers(graph: Graph, index: GraphIndex): ReadonlyMap<string, QueryLayer> {
  const sources = inputsBehind(graph);
  const layers = new Map<string, QueryLayer>();
  for (const node of graph.nodes) {
    const heads = headsOf(node);
    const query = unstacked(node, index);
    const [stack = "", key = ""] = node.inputs;
    const keys = index.type(key)?.shape?.[1];
    if (heads === undefined || typeof keys !== "number" || keys % ROW === 0) continue;
    if (sources.get(key) === sources.get(query)) continue;
    const layer = layers.get(query) ?? queryLayer(query, heads, index);
    if (layer?.heads !== heads) continue;
    layer.reads += stack === query ? 1 : index.producer(stack)!.inputs.length;
    layers.set(query, layer);
  }
  return new Map([...layers].filter(([query, { reads }]) => reads === index.useCount(query)));
}

/** The graph inputs that each value depends on, as one string. */
function inputsBehind(graph: Graph): ReadonlyMap<string, string> {
  const behind = new Map(graph.inputs.map(({ name }) => [name, new Set([name])]));
  for (const node of graph.nodes) {
    const sources = new Set(valuesRead(node).flatMap((value) => [...(behind.get(value) ?? [])]));
    for (const output of node.outputs) behind.set(output, sources);
  }
  return new Map([...behind].map(([value, sources]) => [value, [...sources].sort().join()]));
}

/** Heads of an Attention over [batch, tokens, channels] without mask, scores, caches or fewer key heads. */
function headsOf({ op, domain, inputs, outputs, attributes }: Node): number | undefined {
  const heads = numberAttribute(attributes, "q_num_heads", 0);
  const plain =
    op === "Attention" &&
    domain === "" &&
    inputs.slice(3).every((input) => input === "") &&
    outputs.length === 1 &&
    numberAttribute(attributes, "is_causal", 0) === 0 &&
    numberAttribute(attributes, "softcap", 0) === 0 &&
    numberAttribute(attributes, "kv_num_heads", heads) === heads;
  return plain && heads > 0 ? heads : undefined;
}

/** An attention's queries, or the value that they are copies of, stacked as a batch. */
function unstacked({ inputs: [queries = ""] }: Node, index: GraphIndex): string {
  const stack = index.producer(queries);
  const [first = ""] = stack?.inputs ?? [];
  const copies =
    stack?.op === "Concat" &&
    numberAttribute(stack.attributes, "axis", 0) === 0 &&
    stack.inputs.every((input) => input === first) &&
    index.useCount(queries) === 1;
  return copies ? first : queries;
}

function queryLayer(query: string, heads: number, index: GraphIndex): QueryLayer | undefined {
  const product = index.producer(query);
  const [x = "", columns = ""] = product?.op === "MatMul" ? product.inputs : [];
  const transposed = index.producer(columns);
  const [weight = ""] = transposed?.op === "Transpose" ? transposed.inputs : [];
  return index.type(weight)?.shape?.length === 2 ? { x, weight, heads, reads: 0 } : undefined;
}

/** Emits x W^T with a channel of ones behind each head's, [batch, tokens, heads * (head size + 1)]. */
function queriesWithOnes(emit: NodeEmitter, { x, weight, heads }: QueryLayer): Value {
  const [channels = 1, inner = 1] = emit.value(weight).shape;
  const size = channels / heads;
  const wide = heads * (size + 1);
  const byHead = emit.op("Reshape", [emit.value(weight), emit.ints([heads, size, inner])]);
  const padded = emit.op("Pad", [byHead, emit.ints([0, 0, 0, 0, 1, 0])]);
  const columns = emit.op("Transpose", [emit.op("Reshape", [padded, emit.ints([wide, inner])])], {
    perm: ints([1, 0]),
  });
  const ones = Array.from({ length: wide }, (_, i) => (i % (size + 1) === size ? 1 : 0));
  const bias = emit.initializer("ones", float32Data(ones, [wide]));
  return emit.op("Add", [emit.op("MatMul", [emit.value(x), columns]), bias]);
}

/** The Attention `node` over padded keys and values, with its queries from `query`. */
function padAttention(emit: NodeEmitter, query: Value, node: Node): Node {
  const [queries, key, value] = node.inputs.slice(0, 3).map((input) => emit.value(input)) as [
    Value,
    Value,
    Value,
  ];
  const heads = numberAttribute(node.attributes, "q_num_heads", 1);
  const [batch = 1, keys = 1, channels = 1] = key.shape;
  const size = channels / heads;
  const scale = numberAttribute(node.attributes, "scale", 1 / Math.sqrt(size));
  const all = Math.ceil(keys / ROW) * ROW;
  const toAll = emit.ints([0, 0, 0, 0, all - keys, 0]);

  const centred = emit.op("Sub", [key, emit.op("ReduceMean", [key, emit.ints([1])], { keepdims: int(1) })]);
  const byHead = emit.op("Reshape", [emit.op("Pad", [centred, toAll]), emit.ints([batch, all, heads, size])]);
  const scores = Array.from({ length: batch * all * heads }, (_, i) =>
    Math.floor(i / heads) % all < keys ? 0 : PADDED_SCORE / scale,
  );
  const last = emit.initializer("padded_scores", float32Data(scores, [batch, all, heads, 1]));
  const wide = emit.op("Concat", [byHead, last], { axis: int(3) });
  const copies = queries.shape[0]! / query.shape[0]!;
  const inputs = [
    copies === 1 ? query : emit.op("Concat", new Array(copies).fill(query), { axis: int(0) }),
    emit.op("Reshape", [wide, emit.ints([batch, all, heads * (size + 1)])]),
    emit.op("Pad", [value, toAll]),
  ];
  const attributes = { ...node.attributes, scale: float(scale) };
  return { ...node, inputs: inputs.map(({ name }) => name), attributes };
}
