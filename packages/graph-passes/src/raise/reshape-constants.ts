import { type Initializer, indexGraph, type Pass, staticShape } from "@sunstep/onnx-graph";

const shaping: ReadonlySet<string> = new Set(["Flatten", "Reshape", "Squeeze", "Unsqueeze"]);

/** Gives weights the shape that they are read in, in place of a Reshape: the elements stay where they are stored. */
export const reshapeConstants: Pass = {
  name: "reshapeConstants",
  run(model) {
    const { graph } = model;
    const index = indexGraph(graph);
    const outputs = new Set(graph.outputs.map(({ name }) => name));
    const initializers = new Map<string, Initializer>(graph.initializers);
    const renamed = new Map<string, string>();
    const nodes = graph.nodes.filter(({ op, domain, inputs: [input = ""], outputs: [output = ""] }) => {
      const constant = initializers.get(renamed.get(input) ?? input);
      const shape = staticShape(index.type(output)?.shape);
      if (!constant || !shape || domain !== "" || !shaping.has(op) || outputs.has(output)) return true;
      const own = renamed.get(input) ?? input;
      // A weight that is read here alone keeps its name.
      const name = index.useCount(input) === 1 ? own : output;
      initializers.set(name, { ...constant, shape });
      renamed.set(output, name);
      return false;
    });
    if (renamed.size === 0) return { model, modified: false };
    const read = nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((input) => renamed.get(input) ?? input),
    }));
    const values = new Map([...graph.values].filter(([name]) => !renamed.has(name)));
    return { model: { ...model, graph: { ...graph, nodes: read, initializers, values } }, modified: true };
  },
};
