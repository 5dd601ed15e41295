import type { NodeEmitter, Value } from "./emitter.js";
import { onnxError } from "./errors.js";
import type { Model } from "./model.js";

export interface EmbedOptions {
  /** In front of the names of the embedded model's nodes and values. */
  readonly scope: string;
  /** What each of its inputs reads, by name. */
  readonly inputs: Readonly<Record<string, Value>>;
}

/**
 * Puts a whole model into the graph that is being emitted, and returns its outputs by name. External weights keep their
 * names, so a network that is embedded twice has them once. The operator sets must be the emitter's.
 * @throws GRAPH_UNKNOWN_INPUT where an input of the model is not given
 */
export function embedModel(
  emit: NodeEmitter,
  { graph }: Model,
  { scope, inputs }: EmbedOptions,
): Record<string, Value> {
  const names = new Map<string, string>([["", ""]]);
  for (const { name } of graph.inputs) {
    const given = inputs[name];
    if (!given) {
      throw onnxError("GRAPH_UNKNOWN_INPUT", `embedding ${graph.name}: its input ${name} was not given`, {
        input: name,
      });
    }
    names.set(name, given.name);
  }
  for (const [name, initializer] of graph.initializers) {
    const shared = initializer.data.kind === "external";
    names.set(name, shared ? name : `${scope}/${name}`);
    emit.initializers.set(names.get(name)!, initializer);
  }
  const renamed = (name: string) => names.get(name) ?? `${scope}/${name}`;
  for (const node of graph.nodes) {
    emit.nodes.push({
      ...node,
      name: `${scope}/${node.name}`,
      inputs: node.inputs.map(renamed),
      outputs: node.outputs.map((output) => (output === "" ? "" : `${scope}/${output}`)),
    });
  }
  for (const [name, type] of graph.values) emit.values.set(`${scope}/${name}`, type);
  for (const { name, dtype, shape } of graph.outputs) {
    if (shape && !emit.values.has(`${scope}/${name}`)) emit.values.set(`${scope}/${name}`, { dtype, shape });
  }
  return Object.fromEntries(graph.outputs.map(({ name }) => [name, emit.value(renamed(name))]));
}
