import type { Value } from "@sunstep/onnx-graph";
import type { Layers } from "./layers.js";

export interface ResnetOptions {
  readonly groups: number;
  readonly epsilon: number;
  /** SiLU of the time embedding, [batch, time channels]; the VAE has none. */
  readonly time?: Value;
}

/** diffusers models/resnet.py, ResnetBlock2D: x [batch, in, h, w] -> [batch, out, h, w]. */
export function resnet(layers: Layers, x: Value, { groups, epsilon, time }: ResnetOptions): Value {
  const norm = { groups, epsilon };
  let hidden = layers.silu(layers.groupNorm("norm1", x, norm));
  hidden = layers.conv("conv1", hidden, { padding: 1 });
  if (time) {
    const bias = layers.linear("time_emb_proj", time);
    hidden = layers.add(hidden, layers.op("Unsqueeze", [bias, layers.graph.ints([2, 3])]));
  }
  hidden = layers.silu(layers.groupNorm("norm2", hidden, norm));
  hidden = layers.conv("conv2", hidden, { padding: 1 });
  const shortcut = layers.has("conv_shortcut.weight") ? layers.conv("conv_shortcut", x) : x;
  return layers.add(shortcut, hidden);
}
