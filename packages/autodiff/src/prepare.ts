import { lowerNormsToLayerNorm } from "@sunstep/graph-passes";
import {
  emitterFor,
  hoistConstants,
  indexGraph,
  type Model,
  type Node,
  NodeEmitter,
  type Pass,
  runPasses,
  staticShape,
  type ValueType,
} from "@sunstep/onnx-graph";

/** Infers the types that the file does not give, node by node. */
const inferMissingTypes: Pass = {
  name: "inferMissingTypes",
  run(model) {
    const { graph } = model;
    const index = indexGraph(graph);
    const values = new Map<string, ValueType>(graph.values);
    const typeOf = (name: string) => values.get(name) ?? index.type(name);
    const missing = graph.nodes.filter((node) =>
      node.outputs.some((output) => output !== "" && !staticShape(typeOf(output)?.shape)),
    );
    if (missing.length === 0) return { model, modified: false };
    const emit = new NodeEmitter({
      opsets: model.opsets,
      type: typeOf,
      initializer: (name) => graph.initializers.get(name),
      taken: (name) => typeOf(name) !== undefined,
    });
    for (const { op, domain, inputs, outputs, attributes } of missing) {
      const read = inputs.map((input) => (input === "" ? undefined : emit.value(input)));
      emit.ops(op, read, outputs.length, attributes, { domain }).forEach(({ dtype, shape }, i) => {
        if (outputs[i]) values.set(outputs[i], { dtype, shape });
      });
    }
    return { model: { ...model, graph: { ...graph, values } }, modified: true };
  },
};

/** Prepares a graph to be differentiated: all types become known, all normalizations LayerNormalization. */
export function prepare(model: Model): Model {
  return runPasses(model, [hoistConstants, inferMissingTypes, ...lowerNormsToLayerNorm]).model;
}

/** Makes the LayerNormalization nodes of `path` output their mean and inverse deviation, which the gradient rule reads. */
export function keepStatistics(model: Model, path: ReadonlySet<string>): Model {
  const { graph } = model;
  const emit = emitterFor(model);
  const nodes = graph.nodes.map((node): Node => {
    const [y = "", ...statistics] = node.outputs;
    if (node.op !== "LayerNormalization" || node.domain !== "" || !path.has(y)) return node;
    if (statistics.length === 2 && statistics.every(Boolean)) return node;
    const read = node.inputs.map((input) => (input === "" ? undefined : emit.value(input)));
    const [, mean, inverse] = emit.ops(node.op, read, 3, node.attributes, { name: `${y}/statistics` });
    return { ...node, outputs: [y, statistics[0] || mean!.name, statistics[1] || inverse!.name] };
  });
  const values = new Map([...graph.values, ...emit.values]);
  return { ...model, graph: { ...graph, nodes, values } };
}
