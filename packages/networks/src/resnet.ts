import type { Value } from "@sunstep/onnx-graph";
import type { Layers } from "./layers.js";

export interface ResnetOptions {
  readonly groups: number;
  readonly epsilon: number;
  /** SiLU of the time embedding, [batch, time channels]; the VAE has none. */
  readonly time?: Value;
}

/** diffusers models/resnet.py, ResnetBlock2D: x [batch, in, h, w] -> [batch, out, h, w]. */
export function resnet(
  layers: Layers,
  module: string,
  x: Value,
  { groups, epsilon, time }: ResnetOptions,
): Value {
  const { graph } = layers;
  const norm = { groups, epsilon };
  const first = layers.silu(`${module}.norm1`, layers.groupNorm(`${module}.norm1`, x, norm));
  let hidden = layers.conv(`${module}.conv1`, first, { padding: 1 });
  if (time) {
    const projected = layers.linear(`${module}.time_emb_proj`, time);
    const bias = graph.scope(`${module}.time_emb_proj`, () =>
      graph.op("Unsqueeze", [projected, graph.ints([2, 3])]),
    );
    hidden = layers.add(`${module}.time`, hidden, bias);
  }
  const second = layers.silu(`${module}.norm2`, layers.groupNorm(`${module}.norm2`, hidden, norm));
  const residual = layers.conv(`${module}.conv2`, second, { padding: 1 });
  const shortcut = layers.has(`${module}.conv_shortcut.weight`)
    ? layers.conv(`${module}.conv_shortcut`, x)
    : x;
  return layers.add(`${module}.residual`, shortcut, residual);
}
