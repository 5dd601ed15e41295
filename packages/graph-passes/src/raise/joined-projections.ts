import {
  type Attributes,
  emitterFor,
  type Graph,
  type GraphIndex,
  indexGraph,
  int,
  type Node,
  numberAttribute,
  type Pass,
  removeDeadCode,
} from "@sunstep/onnx-graph";

/** Parts of one linear layer: x times each part of a weight that a Split cuts, plus each part of a bias likewise. */
interface CutLayer {
  readonly x: string;
  readonly weight: string;
  readonly bias: string;
  readonly sizes: string;
  /** Attributes that the parts' Gemm nodes share. */
  readonly attributes: Attributes;
  /** The Reshape that gives each part, in order. */
  readonly parts: readonly Node[];
}

function findCutLayer(weights: Node, index: GraphIndex): CutLayer | undefined {
  const [weight = "", sizes = ""] = weights.inputs;
  const onRows = numberAttribute(weights.attributes, "axis", 0) === 0;
  if (weights.op !== "Split" || sizes === "" || !onRows) return undefined;
  const found = weights.outputs.map((part) => partOf(part, index));
  const [first] = found;
  const whole = found.every(
    (part, i) => part && part.x === first?.x && part.biases === first.biases && part.position === i,
  );
  if (!first || !whole || first.biases.outputs.length !== found.length) return undefined;
  const { x, biases, attributes } = first;
  return {
    x,
    weight,
    bias: biases.inputs[0] ?? "",
    sizes,
    attributes,
    parts: found.map((part) => part!.reshape),
  };
}

function partOf(weight: string, index: GraphIndex) {
  const [gemm, ...otherProducts] = index.consumers(weight);
  if (gemm?.op !== "Gemm" || gemm.inputs[1] !== weight || otherProducts.length > 0) return undefined;
  const [reshape, ...others] = index.consumers(gemm.outputs[0] ?? "");
  if (reshape?.op !== "Reshape" || others.length > 0) return undefined;
  const [x = "", , bias = ""] = gemm.inputs;
  const biases = index.producer(bias);
  if (biases?.op !== "Split") return undefined;
  return { x, reshape, biases, attributes: gemm.attributes, position: biases.outputs.indexOf(bias) };
}

function join(graph: Graph, opsets: Readonly<Record<string, number>>): Graph | undefined {
  const index = indexGraph(graph);
  const layers = graph.nodes.flatMap((node) => findCutLayer(node, index) ?? []);
  if (layers.length === 0) return undefined;
  const emit = emitterFor({ graph, opsets });
  const replacements = new Map<Node, readonly Node[]>();
  for (const { x, weight, bias, sizes, attributes, parts } of layers) {
    const first = parts[0]!;
    const before = emit.nodes.length;
    emit.scope(first.name, () => {
      const inputs = [emit.value(x), emit.value(weight), emit.value(bias)];
      const linear = emit.op("Gemm", inputs, attributes);
      const outer = emit.value(first.outputs[0] ?? "").shape.slice(0, -1);
      const whole = emit.op("Reshape", [linear, emit.ints([...outer, linear.shape[1]!])]);
      emit.ops("Split", [whole, emit.value(sizes)], parts.length, { axis: int(-1) });
    });
    const [gemm, reshape, split] = emit.nodes.slice(before) as [Node, Node, Node];
    const outputs = parts.map((part) => part.outputs[0] ?? "");
    for (const part of parts)
      replacements.set(part, part === first ? [gemm, reshape, { ...split, outputs }] : []);
  }
  return {
    ...graph,
    nodes: graph.nodes.flatMap((node) => replacements.get(node) ?? [node]),
    initializers: new Map([...graph.initializers, ...emit.initializers]),
    values: new Map([...graph.values, ...emit.values]),
  };
}

/** Linear layers that splitProjections has cut in parts, in one piece again. */
export const joinProjections: Pass = {
  name: "joinProjections",
  run(model) {
    const graph = join(model.graph, model.opsets);
    return graph
      ? { model: removeDeadCode.run({ ...model, graph }).model, modified: true }
      : { model, modified: false };
  },
};
