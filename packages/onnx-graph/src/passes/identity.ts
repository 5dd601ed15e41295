import type { Pass } from "../pass.js";

/** Lets readers of an Identity read its input instead. One that gives a graph output stays: outputs keep their names. */
export const removeIdentities: Pass = {
  name: "removeIdentities",
  run(model) {
    const { graph } = model;
    const outputs = new Set(graph.outputs.map((output) => output.name));
    const sources = new Map<string, string>();
    for (const { op, domain, inputs, outputs: written } of graph.nodes) {
      const [output = ""] = written;
      if (op !== "Identity" || domain !== "" || outputs.has(output)) continue;
      const [input = ""] = inputs;
      sources.set(output, sources.get(input) ?? input);
    }
    if (sources.size === 0) return { model, modified: false };
    const nodes = graph.nodes
      .filter((node) => !sources.has(node.outputs[0] ?? ""))
      .map((node) => ({ ...node, inputs: node.inputs.map((input) => sources.get(input) ?? input) }));
    const values = new Map([...graph.values].filter(([name]) => !sources.has(name)));
    return { model: { ...model, graph: { ...graph, nodes, values } }, modified: true };
  },
};
