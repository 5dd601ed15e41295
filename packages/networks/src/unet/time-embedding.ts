import type { UNetConfig } from "@sunstep/checkpoint";
import { int, type Value } from "@sunstep/onnx-graph";
import type { Layers } from "../layers.js";

const MAX_PERIOD = 10_000;

/** diffusers models/embeddings.py, get_timestep_embedding: timestep [batch] -> sines and cosines [batch, width]. */
export function timeFeatures(layers: Layers, timestep: Value, config: UNetConfig): Value {
  const { graph } = layers;
  const half = Math.floor(config.block_out_channels[0]! / 2);
  const frequencies = Array.from({ length: half }, (_, i) =>
    Math.exp((-Math.log(MAX_PERIOD) * i) / (half - config.freq_shift)),
  );
  const column = layers.op("Unsqueeze", [timestep, graph.ints([1])]);
  const angles = layers.op("Mul", [column, graph.floats(frequencies, [1, half])]);
  const sine = layers.op("Sin", [angles]);
  const cosine = layers.op("Cos", [angles]);
  return layers.op("Concat", config.flip_sin_to_cos ? [cosine, sine] : [sine, cosine], { axis: int(-1) });
}

/** diffusers models/embeddings.py, TimestepEmbedding: features [batch, width] -> [batch, 4 * width]. */
export function timeEmbedding(layers: Layers, features: Value): Value {
  return layers.linear("linear_2", layers.silu(layers.linear("linear_1", features)));
}
