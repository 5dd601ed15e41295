import type { UNetConfig } from "@sunstep/checkpoint";
import { int, type Value } from "@sunstep/onnx-graph";
import type { Layers } from "../layers.js";
import type { AddedInputs } from "./inputs.js";

const MAX_PERIOD = 10_000;

/** diffusers models/embeddings.py, get_timestep_embedding: numbers [n] -> their sines and cosines [n, width]. */
export function sinusoidalFeatures(layers: Layers, numbers: Value, width: number, config: UNetConfig): Value {
  const { graph } = layers;
  const half = Math.floor(width / 2);
  const frequencies = Array.from({ length: half }, (_, i) =>
    Math.exp((-Math.log(MAX_PERIOD) * i) / (half - config.freq_shift)),
  );
  const column = layers.op("Unsqueeze", [numbers, graph.ints([1])]);
  const angles = layers.op("Mul", [column, graph.floats(frequencies, [1, half])]);
  const sine = layers.op("Sin", [angles]);
  const cosine = layers.op("Cos", [angles]);
  return layers.op("Concat", config.flip_sin_to_cos ? [cosine, sine] : [sine, cosine], { axis: int(-1) });
}

/**
 * diffusers models/embeddings.py, TimestepEmbedding: features [batch, features] -> [batch, 4 * width]. `condition` [batch,
 * channels] is projected and added to the features.
 */
export function timeEmbedding(layers: Layers, features: Value, condition?: Value): Value {
  const conditioned = condition ? layers.add(features, layers.linear("cond_proj", condition)) : features;
  return layers.linear("linear_2", layers.silu(layers.linear("linear_1", conditioned)));
}

/** UNet2DConditionModel.get_aug_embed, "text_time": the pooled prompt and the embedded sizes -> [batch, 4 * width]. */
export function addedEmbedding(
  layers: Layers,
  { text_embeds, time_ids }: AddedInputs,
  config: UNetConfig,
): Value {
  const { graph } = layers;
  const [batch = 1, count = 1] = time_ids.shape;
  const width = config.addition_time_embed_dim!;
  const sizes = layers.module("add_time_proj", (m) => {
    const flat = m.op("Reshape", [time_ids, graph.ints([batch * count])]);
    return m.op("Reshape", [sinusoidalFeatures(m, flat, width, config), graph.ints([batch, count * width])]);
  });
  return layers.module("add_embedding", (m) =>
    timeEmbedding(m, m.op("Concat", [text_embeds, sizes], { axis: int(-1) })),
  );
}
