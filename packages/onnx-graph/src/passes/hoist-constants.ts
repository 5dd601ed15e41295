import { float32Data, int64Data } from "../data.js";
import type { Attributes, Initializer } from "../model.js";
import type { Pass } from "../pass.js";

/** Turns Constant nodes into initializers, where rules look for constants. A node that makes a graph output stays. */
export const hoistConstants: Pass = {
  name: "hoistConstants",
  run(model) {
    const { graph } = model;
    const outputs = new Set(graph.outputs.map((output) => output.name));
    const constants = new Map<string, Initializer>();
    const nodes = graph.nodes.filter(({ op, domain, outputs: [name = ""], attributes }) => {
      const constant = op === "Constant" && domain === "" && !outputs.has(name) && constantOf(attributes);
      if (constant) constants.set(name, constant);
      return !constant;
    });
    if (constants.size === 0) return { model, modified: false };
    const initializers = new Map([...graph.initializers, ...constants]);
    const values = new Map([...graph.values].filter(([name]) => !constants.has(name)));
    return { model: { ...model, graph: { ...graph, nodes, initializers, values } }, modified: true };
  },
};

function constantOf({ value, ...others }: Attributes): Initializer | undefined {
  if (value?.type === "tensor") return value.value;
  const [attribute] = Object.values(others);
  switch (attribute?.type) {
    case "float":
      return float32Data([attribute.value], []);
    case "floats":
      return float32Data(attribute.value, [attribute.value.length]);
    case "int":
      return int64Data([attribute.value], []);
    case "ints":
      return int64Data(attribute.value);
    default:
      return undefined;
  }
}
