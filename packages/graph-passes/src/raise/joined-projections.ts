import {
  type Graph,
  type GraphIndex,
  indexGraph,
  int,
  type Node,
  NodeEmitter,
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
  /** The Add that gives each part, in order. */
  readonly parts: readonly Node[];
}

function findCutLayer(weights: Node, index: GraphIndex): CutLayer | undefined {
  const [weight = "", sizes = ""] = weights.inputs;
  const rank = index.type(weight)?.shape?.length;
  const axis = numberAttribute(weights.attributes, "axis", 0);
  if (weights.op !== "Split" || rank !== 2 || sizes === "" || (axis !== -1 && axis !== 1)) return undefined;
  const found = weights.outputs.map((part) => partOf(part, index));
  const [first] = found;
  const whole = found.every(
    (part, i) => part && part.x === first?.x && part.biases === first.biases && part.position === i,
  );
  if (!first || !whole || first.biases.outputs.length !== found.length) return undefined;
  return {
    x: first.x,
    weight,
    bias: first.biases.inputs[0] ?? "",
    sizes,
    parts: found.map((part) => part!.add),
  };
}

function partOf(weight: string, index: GraphIndex) {
  const [product, ...otherProducts] = index.consumers(weight);
  if (product?.op !== "MatMul" || product.inputs[1] !== weight || otherProducts.length > 0) return undefined;
  const [add, ...others] = index.consumers(product.outputs[0] ?? "");
  if (add?.op !== "Add" || others.length > 0) return undefined;
  const bias = add.inputs.find((input) => input !== product.outputs[0]) ?? "";
  const biases = index.producer(bias);
  if (biases?.op !== "Split") return undefined;
  return { x: product.inputs[0] ?? "", add, biases, position: biases.outputs.indexOf(bias) };
}

function join(graph: Graph, opsets: Readonly<Record<string, number>>): Graph | undefined {
  const index = indexGraph(graph);
  const layers = graph.nodes.flatMap((node) => findCutLayer(node, index) ?? []);
  if (layers.length === 0) return undefined;
  const emit = new NodeEmitter({
    opsets,
    type: index.type,
    initializer: (name) => graph.initializers.get(name),
    taken: (name) => index.type(name) !== undefined,
  });
  const replacements = new Map<Node, readonly Node[]>();
  for (const { x, weight, bias, sizes, parts } of layers) {
    const first = parts[0]!;
    const before = emit.nodes.length;
    emit.scope(first.name, () => {
      const product = emit.op("MatMul", [emit.value(x), emit.value(weight)]);
      const linear = emit.op("Add", [product, emit.value(bias)]);
      emit.ops("Split", [linear, emit.value(sizes)], parts.length, { axis: int(-1) });
    });
    const [product, add, split] = emit.nodes.slice(before) as [Node, Node, Node];
    const outputs = parts.map((part) => part.outputs[0] ?? "");
    for (const part of parts)
      replacements.set(part, part === first ? [product, add, { ...split, outputs }] : []);
  }
  return {
    ...graph,
    nodes: graph.nodes.flatMap((node) => replacements.get(node) ?? [node]),
    values: new Map([...graph.values, ...emit.values]),
  };
}

/** Linear layers that lowering has cut in parts, in one piece again. */
export const joinProjections: Pass = {
  name: "joinProjections",
  run(model) {
    const graph = join(model.graph, model.opsets);
    return graph
      ? { model: removeDeadCode.run({ ...model, graph }).model, modified: true }
      : { model, modified: false };
  },
};
