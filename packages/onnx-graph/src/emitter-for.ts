import { NodeEmitter } from "./emitter.js";
import { indexGraph } from "./graph-index.js";
import type { Model } from "./model.js";

/** Returns an emitter of further nodes for a model: it knows the model's values and does not reuse their names. */
export function emitterFor({ graph, opsets }: Pick<Model, "graph" | "opsets">): NodeEmitter {
  const index = indexGraph(graph);
  return new NodeEmitter({
    opsets,
    type: index.type,
    initializer: (name) => graph.initializers.get(name),
    taken: (name) => index.type(name) !== undefined,
  });
}
