import type { NodeEmitter } from "./emitter.js";
import { emitterFor } from "./emitter-for.js";
import type { Model, Node } from "./model.js";
import type { PassResult } from "./pass.js";

/**
 * Returns the nodes that take the place of `node`, or undefined to leave it as it is. `emit.nodes` holds the nodes that
 * this call has emitted, to be put before or after: `[node, ...emit.nodes]`.
 */
export type NodeEdit = (node: Node, emit: NodeEmitter) => readonly Node[] | undefined;

/** Rebuilds a graph node by node, with the constants and the types of everything that `edit` emits. */
export function editGraph(model: Model, edit: NodeEdit): PassResult {
  const emit = emitterFor(model);
  let modified = false;
  const nodes = model.graph.nodes.flatMap((node) => {
    emit.nodes.length = 0;
    const replacement = edit(node, emit);
    modified ||= replacement !== undefined;
    return replacement ?? [node];
  });
  return modified ? { model: withNodes(model, emit, nodes), modified } : { model, modified };
}

/** The model with `nodes` in place of its own, and with the constants and the types that `emit` has made. */
export function withNodes(model: Model, emit: NodeEmitter, nodes: readonly Node[]): Model {
  const { graph } = model;
  return {
    ...model,
    graph: {
      ...graph,
      nodes,
      initializers: new Map([...graph.initializers, ...emit.initializers]),
      values: new Map([...graph.values, ...emit.values]),
    },
  };
}
