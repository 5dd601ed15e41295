import {
  editGraph,
  type Graph,
  type GraphIndex,
  indexGraph,
  int,
  ints,
  type Node,
  type NodeEmitter,
  type Pass,
  staticShape,
  type Value,
} from "@sunstep/onnx-graph";

/**
 * Fewer positions are attended to exactly: they cost little, and each counts. With 16x16 positions the embedded model's
 * images lose their details.
 */
const LEAST_POSITIONS = 4096;

type Size = readonly [height: number, width: number];

/**
 * Averages the keys and the values of self-attentions over at least 4096 positions over squares of 2x2: a quarter of the
 * products, for a slightly different image (ToDo, arXiv 2402.13573, which takes single positions). Queries stay. Averaged
 * keys are the keys of the averaged image, as projections are linear. The image's size is that of the input `sample`.
 */
export const downsampleAttention: Pass = {
  name: "downsampleAttention",
  run(model) {
    const { graph } = model;
    const index = indexGraph(graph);
    return editGraph(model, (node, emit) => {
      const tokens = selfAttentionTokens(node, index);
      const size = tokens >= LEAST_POSITIONS ? sizeOf(graph, tokens) : undefined;
      if (!size) return undefined;
      const [query = "", key = "", value = "", ...others] = node.inputs;
      const [keys, values] = emit.scope(node.name, () =>
        [key, value].map((name) => averaged(emit, emit.value(name), size).name),
      );
      return [...emit.nodes, { ...node, inputs: [query, keys!, values!, ...others] }];
    });
  },
};

/** [batch, height * width, channels] -> the same of an image of half the size, rounded up. */
function averaged(emit: NodeEmitter, tokens: Value, [height, width]: Size): Value {
  const [batch = 1, , channels = 1] = tokens.shape;
  const planes = emit.op("Transpose", [tokens], { perm: ints([0, 2, 1]) });
  const image = emit.op("Reshape", [planes, emit.ints([batch, channels, height, width])]);
  const small = emit.op("AveragePool", [image], {
    kernel_shape: ints([2, 2]),
    strides: ints([2, 2]),
    ...((height % 2 === 1 || width % 2 === 1) && { ceil_mode: int(1) }),
  });
  const positions = small.shape[2]! * small.shape[3]!;
  const rows = emit.op("Reshape", [small, emit.ints([batch, channels, positions])]);
  return emit.op("Transpose", [rows], { perm: ints([0, 2, 1]) });
}

/** The positions of a self-attention without a mask; 0 for other nodes. */
function selfAttentionTokens({ op, domain, inputs, attributes }: Node, index: GraphIndex): number {
  if (op !== "Attention" || domain !== "" || inputs.length > 3 || attributes.is_causal) return 0;
  const [query, key, value] = inputs.map((input) => staticShape(index.type(input)?.shape));
  if (query?.length !== 3 || key?.length !== 3 || value?.length !== 3) return 0;
  const [source, ...others] = inputs.map((input) => projected(input, index));
  return source !== undefined && others.every((other) => other === source) ? query[1]! : 0;
}

/** The value that a linear layer multiplies. */
function projected(value: string, index: GraphIndex): string | undefined {
  const node = index.producer(value);
  if (node?.op === "MatMul") return node.inputs[0];
  if (node?.op !== "Add") return undefined;
  const product = node.inputs.find((input) => index.producer(input)?.op === "MatMul");
  return product === undefined ? undefined : projected(product, index);
}

/** The size of an image of `tokens` positions with the proportions of the input `sample`. */
function sizeOf(graph: Graph, tokens: number): Size | undefined {
  const sample = graph.inputs.find(({ name }) => name === "sample");
  const [, , height, width] = staticShape(sample?.shape) ?? [];
  if (height === undefined || width === undefined) return undefined;
  // Each level halves the size and rounds up, as its strided convolution does.
  for (let size: Size = [height, width]; ; size = [Math.ceil(size[0] / 2), Math.ceil(size[1] / 2)]) {
    if (size[0] * size[1] === tokens) return size;
    if (size[0] * size[1] < tokens || size[0] * size[1] === 1) return undefined;
  }
}
