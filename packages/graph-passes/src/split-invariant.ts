import {
  indexGraph,
  type Model,
  type NamedValue,
  type Node,
  removeDeadCode,
  valuesRead,
} from "@sunstep/onnx-graph";
import { passError } from "./errors.js";

/** The two halves of a model: the part that some of its inputs determine alone, and the rest. */
export interface InvariantSplit {
  /** Takes the named inputs; its outputs are inputs of `step`, by the same names. */
  readonly prelude: Model;
  /** Takes all other inputs and the outputs of `prelude`. Its outputs are the model's. */
  readonly step: Model;
}

/**
 * Hoists the subgraph that depends on the inputs `names` alone (weights apart) out of a model that runs many times while
 * those inputs stay the same. Works on raised and on lowered graphs; a weight goes to the half that reads it. Names that
 * the model does not have are ignored, so that one list serves a network with an adapter and without.
 * @throws SunstepError PASS_NOTHING_TO_HOIST
 */
export function splitInvariant(model: Model, names: readonly string[]): InvariantSplit {
  const { graph } = model;
  const index = indexGraph(graph);
  const constant = new Set(graph.initializers.keys());
  const invariant = new Set(names);
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const constants = new Set<Node>();
  const hoisted = new Set<Node>();
  for (const node of graph.nodes) {
    if (node.outputs.some((output) => outputs.has(output))) continue;
    const read = valuesRead(node);
    const [values, nodes] = read.every((value) => constant.has(value))
      ? [constant, constants]
      : read.every((value) => constant.has(value) || invariant.has(value))
        ? [invariant, hoisted]
        : [];
    nodes?.add(node);
    for (const output of node.outputs) values?.add(output);
  }
  const rest = graph.nodes.filter((node) => !hoisted.has(node));
  const wanted = new Set(rest.flatMap(valuesRead));
  const crossing = [...hoisted]
    .flatMap((node) => node.outputs)
    .filter((value) => wanted.has(value))
    .map((name): NamedValue => {
      const type = index.type(name);
      return { name, dtype: type?.dtype ?? "float32", ...(type?.shape && { shape: type.shape }) };
    });
  if (crossing.length === 0) {
    throw passError(
      "PASS_NOTHING_TO_HOIST",
      `no part of ${graph.name} depends on ${names.join(", ")} alone`,
      {
        names,
      },
    );
  }
  const isInvariantInput = ({ name }: NamedValue) => invariant.has(name);
  const half = (changes: Partial<Model["graph"]>): Model =>
    removeDeadCode.run({ ...model, graph: { ...graph, ...changes } }).model;
  return {
    prelude: half({
      nodes: graph.nodes.filter((node) => hoisted.has(node) || constants.has(node)),
      inputs: graph.inputs.filter(isInvariantInput),
      outputs: crossing,
    }),
    step: half({
      nodes: rest,
      inputs: [
        ...graph.inputs.filter((input) => !isInvariantInput(input) || wanted.has(input.name)),
        ...crossing,
      ],
    }),
  };
}
