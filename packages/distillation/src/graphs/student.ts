import type { ByteSource, Component, UNetConfig } from "@sunstep/checkpoint";
import { buildUNet } from "@sunstep/networks";
import {
  bindInputs,
  float32Data,
  type Initializer,
  int,
  int64Data,
  type Model,
  type Node,
  type ValueType,
} from "@sunstep/onnx-graph";
import { addSunAdapter, readSunAdapter, type SunAdapter } from "@sunstep/sun-adapter";
import { elementCount } from "@sunstep/tensor";
import { type AdapterTensor, layoutLength } from "../adapter-layout.js";

/** Sizes of one batch; height and width of latents. */
export interface BatchSizes {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  /** Length of both encoded prompts. */
  readonly tokens: number;
}

/** The frozen U-Net; inputs and output as `buildUNet`'s. */
export function teacherNetwork(unet: Component<UNetConfig>, sizes: BatchSizes): Model {
  return buildUNet({ ...unet, ...sizes });
}

/** The input of `studentNetwork` that holds the adapter: all its weights as one vector. */
export const PARAMETERS = "parameters";

/**
 * The frozen U-Net with an adapter whose weights are an input. Inputs: `buildUNet`'s, `negative_hidden_states` and
 * `parameters` [weights of the layout]. Attention is normalised for each sample.
 */
export function studentNetwork(
  unet: Component<UNetConfig>,
  sizes: BatchSizes,
  layout: readonly AdapterTensor[],
): Model {
  const adapter = adapterInMemory(layout);
  const { model } = addSunAdapter(adapter.adapter, { negativeTokens: sizes.tokens }).run(
    teacherNetwork(unet, sizes),
  );
  const bound = bindInputs({ sun_scale: float32Data([1], [1]) }).run(model).model;
  return weightsFromInput(bound, adapter.source, layout);
}

/** An adapter whose weights are marked by their place in a source that is never read. */
function adapterInMemory(layout: readonly AdapterTensor[]): { adapter: SunAdapter; source: ByteSource } {
  const source: ByteSource = {
    name: "the adapter in training",
    size: 4 * layoutLength(layout),
    read: () => Promise.reject(new Error("the weights of an adapter in training are an input of the graph")),
  };
  const refs = new Map(
    layout.map(({ name, shape, offset }) => [
      name,
      { name, dtype: "float32", shape, source, offset: 4 * offset, length: 4 * elementCount(shape) } as const,
    ]),
  );
  const weights = {
    names: () => [...refs.keys()],
    has: (name: string) => refs.has(name),
    get: (name: string) => refs.get(name)!,
  };
  return { source, adapter: readSunAdapter({ source, weights, metadata: {}, tensors: new Map() }) };
}

/** The initializers that lie in `source` become slices of the input `parameters`. */
function weightsFromInput(model: Model, source: ByteSource, layout: readonly AdapterTensor[]): Model {
  const { graph } = model;
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
      inputs: [...graph.inputs, { name: PARAMETERS, dtype: "float32", shape: [layoutLength(layout)] }],
      nodes: [split, ...reshapes, ...graph.nodes],
      initializers,
      values,
    },
  };
}
