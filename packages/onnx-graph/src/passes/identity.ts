import { valuesCaptured } from "../graph-index.js";
import type { Model, Node } from "../model.js";
import type { Pass, PassResult } from "../pass.js";

/**
 * Lets readers of an Identity read its input instead. An Identity that makes a graph output stays, since outputs keep their
 * names, and so does one that a subgraph reads.
 */
export const removeIdentities: Pass = {
  name: "removeIdentities",
  run: (model) => withoutIdentities(model, model.graph.nodes),
};

/** Removes those Identities that are among `candidates`, as `removeIdentities` does. */
export function withoutIdentities(model: Model, candidates: Iterable<Node>): PassResult {
  const { graph } = model;
  const among = new Set(candidates);
  const kept = new Set([
    ...graph.outputs.map((output) => output.name),
    ...graph.nodes.flatMap(valuesCaptured),
  ]);
  const sources = new Map<string, string>();
  for (const node of graph.nodes) {
    const { op, domain, inputs, outputs } = node;
    const [output = ""] = outputs;
    if (op !== "Identity" || domain !== "" || kept.has(output) || !among.has(node)) continue;
    const [input = ""] = inputs;
    sources.set(output, sources.get(input) ?? input);
  }
  if (sources.size === 0) return { model, modified: false };
  const nodes = graph.nodes
    .filter((node) => !sources.has(node.outputs[0] ?? ""))
    .map((node) => ({ ...node, inputs: node.inputs.map((input) => sources.get(input) ?? input) }));
  const values = new Map([...graph.values].filter(([name]) => !sources.has(name)));
  return { model: { ...model, graph: { ...graph, nodes, values } }, modified: true };
}
