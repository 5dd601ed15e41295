import {
  type Attribute,
  codeOfDataType,
  elementCount,
  float32Data,
  type Graph,
  type Initializer,
  inlineNumbers,
  int,
  mapSubgraphs,
  type Node,
  numberAttribute,
  type Pass,
  type ValueType,
} from "@sunstep/onnx-graph";

const others: ReadonlySet<string> = new Set(["float16", "bfloat16", "float64"]);
const FLOAT = codeOfDataType("float32");
const otherCodes: ReadonlySet<number> = new Set(
  (["float16", "bfloat16", "float64"] as const).map(codeOfDataType),
);

/** Numbers in a graph, such as epsilons and scales; weights are larger, and stay as they are stored. */
const MOST_NUMBERS = 16;

/** Operators that move elements of a stored weight, and take its type along: a table is read before it is cast. */
const moving: ReadonlySet<string> = new Set([
  "Concat",
  "Gather",
  "Identity",
  "Reshape",
  "Slice",
  "Split",
  "Squeeze",
  "Transpose",
  "Unsqueeze",
]);

/**
 * Computes in float32, as raised graphs do, whatever type the model was exported in. Weights stay in the type that they
 * are stored in, with a Cast before the first operator that computes with them.
 */
export const raiseToFloat32: Pass = {
  name: "raiseToFloat32",
  run(model) {
    const graph = inFloat32(model.graph);
    return graph === model.graph
      ? { model, modified: false }
      : { model: { ...model, graph }, modified: true };
  },
};

function inFloat32(graph: Graph): Graph {
  const initializers = new Map<string, Initializer>();
  /** Values in the type of a stored weight. */
  const stored = new Map<string, ValueType>();
  let modified = false;
  for (const [name, initializer] of graph.initializers) {
    const small = others.has(initializer.dtype) ? smallInFloat32(initializer) : undefined;
    initializers.set(name, small ?? initializer);
    if (small) modified = true;
    else if (others.has(initializer.dtype)) stored.set(name, initializer);
  }
  const casts = new Map<string, string>();
  const nodes: Node[] = [];
  const values = new Map(graph.values);
  for (const given of graph.nodes) {
    const node = withFloatAttributes(mapSubgraphs(given, inFloat32));
    const isCast = node.op === "Cast" || node.op === "CastLike";
    if (isCast || (moving.has(node.op) && stored.has(node.inputs[0] ?? ""))) {
      if (!isCast) {
        for (const output of node.outputs) stored.set(output, { dtype: stored.get(node.inputs[0]!)!.dtype });
      }
      nodes.push(node);
      modified ||= node !== given;
      continue;
    }
    const inputs = node.inputs.map((input) => {
      if (!stored.has(input)) return input;
      if (!casts.has(input)) {
        const output = `${input}/float32`;
        casts.set(input, output);
        nodes.push(castTo32(input, output));
        const shape = (graph.initializers.get(input) ?? values.get(input))?.shape;
        if (shape) values.set(output, { dtype: "float32", shape });
      }
      return casts.get(input)!;
    });
    const changed = inputs.some((input, i) => input !== node.inputs[i]);
    nodes.push(changed ? { ...node, inputs } : node);
    modified ||= changed || node !== given;
  }
  const typed = <T extends ValueType>(name: string, type: T): T => {
    if (!others.has(type.dtype) || stored.has(name)) return type;
    modified = true;
    return { ...type, dtype: "float32" };
  };
  const inputs = graph.inputs.map((input) => typed(input.name, input));
  const outputs = graph.outputs.map((output) => typed(output.name, output));
  const allTyped = new Map([...values].map(([name, type]) => [name, typed(name, type)] as const));
  return modified ? { ...graph, nodes, inputs, outputs, initializers, values: allTyped } : graph;
}

function smallInFloat32(initializer: Initializer): Initializer | undefined {
  if (elementCount(initializer.shape) > MOST_NUMBERS) return undefined;
  const numbers = inlineNumbers(initializer);
  return numbers && float32Data(numbers, initializer.shape);
}

function castTo32(input: string, output: string): Node {
  return {
    name: output,
    op: "Cast",
    domain: "",
    inputs: [input],
    outputs: [output],
    attributes: { to: int(FLOAT) },
  };
}

/** The node with casts to float32 in place of other types, and with its constants in float32. */
function withFloatAttributes(node: Node): Node {
  if (node.domain !== "") return node;
  if (node.op === "Cast" && otherCodes.has(numberAttribute(node.attributes, "to", FLOAT)))
    return { ...node, attributes: { ...node.attributes, to: int(FLOAT) } };
  const { value } = node.attributes;
  if (value?.type !== "tensor" || !others.has(value.value.dtype)) return node;
  const small = smallInFloat32(value.value);
  if (!small) return node;
  const attribute: Attribute = { type: "tensor", value: small };
  return { ...node, attributes: { ...node.attributes, value: attribute } };
}
