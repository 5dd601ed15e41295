import type { NodeEmitter, Value } from "./emitter.js";
import { onnxError } from "./errors.js";
import type { Graph, Model, Node } from "./model.js";
import { mapSubgraphs } from "./subgraphs.js";

export interface EmbedOptions {
  /** In front of the names of the embedded model's nodes and values. */
  readonly scope: string;
  /** The value that each of its inputs reads, by name. */
  readonly inputs: Readonly<Record<string, Value>>;
}

/**
 * Embeds a whole model in the graph that is being emitted, and returns its outputs by name. External weights keep their
 * names, so a network that is embedded twice has them once. The operator sets must be the emitter's.
 * @throws GRAPH_UNKNOWN_INPUT where an input of the model is not given
 */
export function embedModel(
  emit: NodeEmitter,
  { graph }: Model,
  { scope, inputs }: EmbedOptions,
): Record<string, Value> {
  const names = new Map<string, string>([["", ""]]);
  for (const { name } of graph.inputs) {
    const given = inputs[name];
    if (!given) {
      throw onnxError("GRAPH_UNKNOWN_INPUT", `embedding ${graph.name}: its input ${name} was not given`, {
        input: name,
      });
    }
    names.set(name, given.name);
  }
  for (const [name, initializer] of graph.initializers) {
    const shared = initializer.data.kind === "external";
    names.set(name, shared ? name : `${scope}/${name}`);
    emit.initializers.set(names.get(name)!, initializer);
  }
  const rename: Rename = (name) => names.get(name) ?? `${scope}/${name}`;
  for (const node of graph.nodes)
    emit.nodes.push({ ...renameNode(node, rename), name: `${scope}/${node.name}` });
  for (const [name, type] of graph.values) emit.values.set(rename(name), type);
  for (const { name, dtype, shape } of graph.outputs) {
    if (shape && !emit.values.has(rename(name))) emit.values.set(rename(name), { dtype, shape });
  }
  return Object.fromEntries(graph.outputs.map(({ name }) => [name, emit.value(rename(name))]));
}

type Rename = (name: string) => string;

/** Renames the values of a node and of its subgraphs, those that these capture included. */
function renameNode(node: Node, rename: Rename): Node {
  const { inputs, outputs, ...rest } = mapSubgraphs(node, (subgraph) => renameGraph(subgraph, rename));
  return { ...rest, inputs: inputs.map(rename), outputs: outputs.map(rename) };
}

function renameGraph(graph: Graph, rename: Rename): Graph {
  const keys = <T>(map: ReadonlyMap<string, T>) =>
    new Map([...map].map(([key, value]) => [rename(key), value]));
  return {
    name: graph.name,
    inputs: graph.inputs.map((input) => ({ ...input, name: rename(input.name) })),
    outputs: graph.outputs.map((output) => ({ ...output, name: rename(output.name) })),
    nodes: graph.nodes.map((node) => renameNode(node, rename)),
    initializers: keys(graph.initializers),
    values: keys(graph.values),
  };
}
