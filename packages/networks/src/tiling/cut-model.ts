import { type Graph, type Model, type NamedValue, removeDeadCode } from "@sunstep/onnx-graph";

/** A model in two parts, which run one after the other. */
export interface CutModel {
  /** Its only output is the value at the cut. */
  readonly first: Model;
  /** Its only input is the value at the cut; its outputs are the model's. */
  readonly second: Model;
}

/**
 * Returns the values at which an autoencoder changes its size, in order: those that are upsampled, and the results of
 * strided convolutions. Each alone connects the part before it with the part after it.
 */
export function resizedValues({ graph }: Model): readonly string[] {
  return graph.nodes.flatMap(({ op, inputs, outputs, attributes }) => {
    if (op === "Resize") return [inputs[0]!];
    const { strides } = attributes;
    return op === "Conv" && strides?.type === "ints" && strides.value.some((stride) => stride > 1)
      ? [outputs[0]!]
      : [];
  });
}

/** Cuts a model at a value that alone connects its parts. */
export function cutModel(model: Model, value: string): CutModel {
  const { graph } = model;
  const boundary: NamedValue = { name: value, ...graph.values.get(value)! };
  const part = (changes: Partial<Graph>): Model =>
    removeDeadCode.run({ ...model, graph: { ...graph, ...changes } }).model;
  return {
    first: part({ outputs: [boundary] }),
    second: part({
      inputs: [boundary],
      nodes: graph.nodes.filter(({ outputs }) => !outputs.includes(value)),
    }),
  };
}
