import type { NodeEmitter, Value } from "./emitter.js";
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

/**
 * Gives later nodes another value in place of a node's first result, which stays in the graph: `change` emits it, or returns
 * undefined. The nodes that `change` gets read what was replaced before them.
 */
export function replaceResults(
  model: Model,
  change: (node: Node, emit: NodeEmitter) => Value | undefined,
): PassResult {
  const replaced = new Map<string, string>();
  return editGraph(model, (node, emit) => {
    const isAfter = node.inputs.some((input) => replaced.has(input));
    const current = isAfter
      ? { ...node, inputs: node.inputs.map((input) => replaced.get(input) ?? input) }
      : node;
    const result = change(current, emit);
    if (result) replaced.set(node.outputs[0] ?? "", result.name);
    return isAfter || result ? [current, ...emit.nodes] : undefined;
  });
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
