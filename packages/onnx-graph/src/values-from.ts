import { valuesRead } from "./graph-index.js";
import type { Graph } from "./model.js";

/** Returns the values that depend on initializers and on the graph inputs `names` alone, those included. */
export function valuesFrom(graph: Graph, names: readonly string[]): ReadonlySet<string> {
  const found = new Set([...graph.initializers.keys(), ...names]);
  for (const node of graph.nodes) {
    if (!valuesRead(node).every((value) => found.has(value))) continue;
    for (const output of node.outputs) found.add(output);
  }
  return found;
}
