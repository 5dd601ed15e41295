import { groupNormalizationToLayerNormalization } from "@sunstep/graph-passes";
import {
  emitterFor,
  type Initializer,
  indexGraph,
  type Model,
  type Node,
  NodeEmitter,
  type Pass,
  runPasses,
  staticShape,
  type ValueType,
} from "@sunstep/onnx-graph";
import { instanceNormalizationToLayerNormalization } from "./instance-normalization.js";

/** Constant nodes that hold a tensor as initializers, where rules look for constants. */
const constantsToInitializers: Pass = {
  name: "constantsToInitializers",
  run(model) {
    const { graph } = model;
    const outputs = new Set(graph.outputs.map((output) => output.name));
    const constants = new Map<string, Initializer>();
    const nodes = graph.nodes.filter(({ op, domain, outputs: [name = ""], attributes: { value } }) => {
      if (op !== "Constant" || domain !== "" || value?.type !== "tensor" || outputs.has(name)) return true;
      constants.set(name, value.value);
      return false;
    });
    if (constants.size === 0) return { model, modified: false };
    const initializers = new Map([...graph.initializers, ...constants]);
    return { model: { ...model, graph: { ...graph, nodes, initializers } }, modified: true };
  },
};

/** Types of values that the file did not give, node by node. */
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

/** What every graph goes through before it is differentiated: all types known, normalisations in one form. */
export function prepare(model: Model): Model {
  return runPasses(model, [
    constantsToInitializers,
    inferMissingTypes,
    groupNormalizationToLayerNormalization,
    instanceNormalizationToLayerNormalization,
  ]).model;
}

/** LayerNormalization of `path` with its mean and inverse deviation as outputs, which its rule reads. */
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
