import type { Graph, Node } from "./model.js";

/** Returns the node with each of its subgraphs (branches of If, bodies of Loop) replaced by `edit` of it. */
export function mapSubgraphs(node: Node, edit: (graph: Graph) => Graph): Node {
  const attributes = Object.entries(node.attributes);
  if (attributes.every(([, { type }]) => type !== "graph")) return node;
  return {
    ...node,
    attributes: Object.fromEntries(
      attributes.map(([name, attribute]) => [
        name,
        attribute.type === "graph" ? { ...attribute, value: edit(attribute.value) } : attribute,
      ]),
    ),
  };
}
