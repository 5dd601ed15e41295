import type { UNetConfig } from "@sunstep/checkpoint";
import { int, type Value } from "@sunstep/onnx-graph";
import type { Layers } from "../layers.js";

const MAX_PERIOD = 10_000;

/**
 * Sinusoidal features of the timestep and the two-layer network over them
 * (diffusers models/embeddings.py, get_timestep_embedding and TimestepEmbedding).
 * timestep [batch] -> [batch, 4 * width].
 */
export function timeEmbedding(layers: Layers, config: UNetConfig, timestep: Value): Value {
  const { graph } = layers;
  const half = Math.floor(config.block_out_channels[0]! / 2);
  const frequencies = Array.from({ length: half }, (_, i) =>
    Math.exp((-Math.log(MAX_PERIOD) * i) / (half - config.freq_shift)),
  );
  const features = graph.scope("time_proj", () => {
    const column = graph.op("Unsqueeze", [timestep, graph.ints([1])]);
    const angles = graph.op("Mul", [column, graph.floats(frequencies, [1, half])]);
    const sine = graph.op("Sin", [angles]);
    const cosine = graph.op("Cos", [angles]);
    return graph.op("Concat", config.flip_sin_to_cos ? [cosine, sine] : [sine, cosine], { axis: int(-1) });
  });
  const hidden = layers.silu("time_embedding", layers.linear("time_embedding.linear_1", features));
  return layers.linear("time_embedding.linear_2", hidden);
}
