import { NodeEmitter } from "./emitter.js";
import { indexGraph } from "./graph-index.js";
import type { Model } from "./model.js";

/** An emitter of nodes that a model is to get: it knows the model's values, and takes none of their names. */
export function emitterFor({ graph, opsets }: Pick<Model, "graph" | "opsets">): NodeEmitter {
  const index = indexGraph(graph);
  return new NodeEmitter({
    opsets,
    type: index.type,
    initializer: (name) => graph.initializers.get(name),
    taken: (name) => index.type(name) !== undefined,
  });
}
