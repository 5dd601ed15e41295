// Half of a tiny autoencoder whose weights are one input vector of the graph.

import type { TaesdConfig, WeightRef, Weights } from "@sunstep/checkpoint";
import type { ByteSource } from "@sunstep/files";
import { elementCount, type Tensor, tensor } from "@sunstep/tensor";
import { type Layer, layersOf } from "./layers.js";

export type Half = "encoder" | "decoder";

export interface TinyNetwork {
  readonly half: Half;
  readonly config: TaesdConfig;
  readonly weights: Weights;
  /** Stands for the vector of all weights; its bytes cannot be read. */
  readonly source: ByteSource;
  /** Every weight, in the order of the vector. */
  readonly placed: readonly PlacedWeight[];
}

export interface PlacedWeight extends WeightRef {
  readonly layer: Layer;
}

export function tinyNetwork(half: Half, config: TaesdConfig): TinyNetwork {
  const shapes = layersOf[half](config).flatMap((layer) => {
    const { module, inputs, outputs, bias } = layer;
    const kernel = { name: `${module}.weight`, shape: [outputs, inputs, 3, 3], layer };
    return bias ? [kernel, { name: `${module}.bias`, shape: [outputs], layer }] : [kernel];
  });
  const source: ByteSource = {
    name: "the tiny autoencoder in training",
    size: shapes.reduce((sum, { shape }) => sum + 4 * elementCount(shape), 0),
    read: () => Promise.reject(new Error("the weights of a network in training are an input of the graph")),
  };
  let offset = 0;
  const placed = shapes.map(({ name, shape, layer }): PlacedWeight => {
    const length = 4 * elementCount(shape);
    offset += length;
    return { name, layer, dtype: "float32", shape, source, offset: offset - length, length };
  });
  const byName = new Map(placed.map((weight) => [weight.name, weight]));
  const weights: Weights = {
    names: () => [...byName.keys()],
    has: (name) => byName.has(name),
    get: (name) => byName.get(name)!,
  };
  return { half, config, weights, source, placed };
}

/** Returns the weights under diffusers' names. */
export function tinyTensors({ placed }: TinyNetwork, vector: Float32Array): Record<string, Tensor> {
  return Object.fromEntries(
    placed.map(({ name, shape, offset, length }) => [
      name,
      tensor(vector.subarray(offset / 4, (offset + length) / 4), shape),
    ]),
  );
}
