import type { Component, UNetConfig } from "@sunstep/checkpoint";
import { buildUNet } from "@sunstep/networks";
import { type RequiredTensor, requiredTensors, type SunAdapter, type SunTensor } from "@sunstep/sun-adapter";
import { elementCount } from "@sunstep/tensor";

/** A weight of an adapter in training, and its place in the vector of all weights. */
export interface AdapterTensor extends RequiredTensor {
  /** Index of its first element. */
  readonly offset: number;
}

/** Lays the weights of an adapter for this U-Net out as one flat vector. */
export function adapterLayout(
  unet: Component<UNetConfig>,
  variant: SunAdapter["variant"],
): readonly AdapterTensor[] {
  // The smallest graph has the same weights.
  const size = 2 ** (unet.config.down_block_types.length - 1);
  const model = buildUNet({ ...unet, batch: 1, height: size, width: size, tokens: 1 });
  let offset = 0;
  return requiredTensors(model, variant).map((tensor) => {
    const placed = { ...tensor, offset };
    offset += elementCount(tensor.shape);
    return placed;
  });
}

/** Returns the length of the vector. */
export function layoutLength(layout: readonly AdapterTensor[]): number {
  return layout.reduce((length, { shape }) => length + elementCount(shape), 0);
}

/** Returns views of the weights in a vector, for `writeSunAdapter`. */
export function adapterTensors(layout: readonly AdapterTensor[], flat: Float32Array): SunTensor[] {
  return layout.map(({ name, shape, offset }) => ({
    name,
    shape,
    data: flat.subarray(offset, offset + elementCount(shape)),
  }));
}
