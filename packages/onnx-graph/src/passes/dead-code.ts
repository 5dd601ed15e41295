import { valuesRead } from "../graph-index.js";
import type { Node } from "../model.js";
import type { Pass } from "../pass.js";

/** Removes nodes, initializers and types that no graph output depends on. Graph inputs stay. */
export const removeDeadCode: Pass = {
  name: "removeDeadCode",
  run(model) {
    const { graph } = model;
    const needed = new Set(graph.outputs.map((output) => output.name));
    const kept: Node[] = [];
    for (const node of graph.nodes.toReversed()) {
      if (!node.outputs.some((output) => needed.has(output))) continue;
      kept.push(node);
      for (const value of valuesRead(node)) needed.add(value);
    }
    const initializers = new Map([...graph.initializers].filter(([name]) => needed.has(name)));
    if (kept.length === graph.nodes.length && initializers.size === graph.initializers.size) {
      return { model, modified: false };
    }
    const written = new Set(kept.flatMap((node) => node.outputs));
    const values = new Map([...graph.values].filter(([name]) => written.has(name)));
    return {
      model: { ...model, graph: { ...graph, nodes: kept.reverse(), initializers, values } },
      modified: true,
    };
  },
};
