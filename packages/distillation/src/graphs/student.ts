import type { ByteSource, Component, UNetConfig } from "@sunstep/checkpoint";
import { buildUNet } from "@sunstep/networks";
import { bindInputs, float32Data, type Model } from "@sunstep/onnx-graph";
import { addSunAdapter, readSunAdapter, type SunAdapter } from "@sunstep/sun-adapter";
import { elementCount } from "@sunstep/tensor";
import { type AdapterTensor, layoutLength } from "../training/adapter-layout.js";
import type { ConditioningValues } from "./conditioning.js";
import { weightsFromInput } from "./weights-from-input.js";

/** Sizes of one batch; height and width of latents. */
export interface BatchSizes {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  /** Length of both encoded prompts. */
  readonly tokens: number;
}

/** Builds the frozen U-Net; inputs and output as `buildUNet`'s. */
export function teacherNetwork(unet: Component<UNetConfig>, sizes: BatchSizes): Model {
  return buildUNet({ ...unet, ...sizes });
}

/** Returns the student's conditioning: the adapter's branch attends to the negative prompt's states. */
export function studentConditioning(
  positive: ConditioningValues,
  negative: ConditioningValues,
): ConditioningValues {
  return { ...positive, negative_hidden_states: negative.encoder_hidden_states! };
}

/**
 * Builds the frozen U-Net with an adapter whose weights are an input. Inputs: `buildUNet`'s, `negative_hidden_states` and
 * `parameters` [weights of the layout]. SUN's norm is per sample.
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

/** Returns an adapter whose weights point into a source that is never read: `weightsFromInput` replaces them. */
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
