import { byteLength, inlineNumbers, staticShape } from "./data.js";
import type { Graph, Node, ValueType } from "./model.js";

/** The node that makes each value of a graph, and the nodes that read it. */
export interface GraphIndex {
  producer(value: string): Node | undefined;
  consumers(value: string): readonly Node[];
  /** The number of a value's readers, graph outputs included. */
  useCount(value: string): number;
  type(value: string): ValueType | undefined;
  /** The bytes of a value; 0 where its type or shape is not known. */
  bytes(value: string): number;
  /** Tells whether a value is a constant of the graph, inline or in a file. */
  isInitializer(value: string): boolean;
  /** The elements of a value that is an inline constant. */
  constant(value: string): readonly number[] | undefined;
}

export function indexGraph(graph: Graph): GraphIndex {
  const producers = new Map<string, Node>();
  const consumers = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const output of node.outputs) if (output !== "") producers.set(output, node);
    for (const input of valuesRead(node)) {
      const list = consumers.get(input);
      if (list) list.push(node);
      else consumers.set(input, [node]);
    }
  }
  const inputs = new Map(graph.inputs.map((input) => [input.name, input]));
  const outputs = new Map(graph.outputs.map((output) => [output.name, output]));
  const type = (value: string): ValueType | undefined =>
    graph.values.get(value) ?? inputs.get(value) ?? graph.initializers.get(value) ?? outputs.get(value);
  return {
    producer: (value) => producers.get(value),
    consumers: (value) => consumers.get(value) ?? [],
    useCount: (value) => (consumers.get(value)?.length ?? 0) + (outputs.has(value) ? 1 : 0),
    type,
    bytes: (value) => {
      const { dtype = "unknown", shape } = type(value) ?? {};
      const sizes = staticShape(shape);
      return dtype === "unknown" || !sizes ? 0 : byteLength(dtype, sizes);
    },
    isInitializer: (value) => graph.initializers.has(value),
    constant: (value) => {
      const initializer = graph.initializers.get(value);
      return initializer && inlineNumbers(initializer);
    },
  };
}

/** Returns every value that a node reads, including the values that its subgraphs capture. */
export function valuesRead(node: Node): readonly string[] {
  const named = node.inputs.includes("") ? node.inputs.filter((input) => input !== "") : node.inputs;
  const captured = valuesCaptured(node);
  return captured.length > 0 ? [...named, ...captured] : named;
}

/** Returns the values of the outer graph that a node's subgraphs read. */
export function valuesCaptured({ attributes }: Node): string[] {
  const captured: string[] = [];
  for (const name in attributes) {
    const attribute = attributes[name]!;
    if (attribute.type !== "graph") continue;
    const inner = attribute.value;
    const own = new Set([
      ...inner.inputs.map((input) => input.name),
      ...inner.initializers.keys(),
      ...inner.nodes.flatMap((innerNode) => innerNode.outputs),
    ]);
    const used = [...inner.nodes.flatMap(valuesRead), ...inner.outputs.map((output) => output.name)];
    captured.push(...used.filter((value) => !own.has(value)));
  }
  return captured;
}
