import type { ByteSource } from "@sunstep/files";
import { type Initializer, int, int64Data, type Model, type Node, type ValueType } from "@sunstep/onnx-graph";
import { elementCount } from "@sunstep/tensor";
import type { AdapterTensor } from "../training/adapter-layout.js";

/** The input that holds all weights in training as one vector. */
export const PARAMETERS = "parameters";

/** A weight's place in the trained vector. */
type Placed = Pick<AdapterTensor, "shape" | "offset">;

/**
 * Replaces initializers that lie in `source` (float32) by slices of an input `parameters`. The source stands for the whole
 * vector; its bytes are never read.
 */
export function weightsFromInput(model: Model, source: ByteSource, layout: readonly Placed[]): Model {
  const { graph } = model;
  const length = source.size / 4;
  const isWeight = ({ data }: Initializer) => data.kind === "external" && data.source === source;
  const nameAt = new Map(
    [...graph.initializers].flatMap(([name, { data }]) =>
      data.kind === "external" && data.source === source ? [[data.offset / 4, name] as const] : [],
    ),
  );
  const parts = layout.map(({ offset, shape }) => ({ name: nameAt.get(offset)!, shape }));
  const initializers = new Map([...graph.initializers].filter(([, initializer]) => !isWeight(initializer)));
  const values = new Map<string, ValueType>(graph.values);
  const lengths = `${PARAMETERS}/lengths`;
  initializers.set(lengths, int64Data(parts.map(({ shape }) => elementCount(shape))));
  const split: Node = {
    name: `${PARAMETERS}/Split`,
    op: "Split",
    domain: "",
    inputs: [PARAMETERS, lengths],
    outputs: parts.map(({ name }) => `${name}/flat`),
    attributes: { axis: int(0) },
  };
  const reshapes = parts.map(({ name, shape }): Node => {
    values.set(`${name}/flat`, { dtype: "float32", shape: [elementCount(shape)] });
    values.set(name, { dtype: "float32", shape });
    initializers.set(`${name}/shape`, int64Data(shape));
    return {
      name: `${name}/Reshape`,
      op: "Reshape",
      domain: "",
      inputs: [`${name}/flat`, `${name}/shape`],
      outputs: [name],
      attributes: {},
    };
  });
  return {
    ...model,
    graph: {
      ...graph,
      inputs: [...graph.inputs, { name: PARAMETERS, dtype: "float32", shape: [length] }],
      nodes: [split, ...reshapes, ...graph.nodes],
      initializers,
      values,
    },
  };
}
