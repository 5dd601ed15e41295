import type { VaeConfig } from "@sunstep/checkpoint";
import type { Value } from "@sunstep/onnx-graph";
import { attention } from "../attention.js";
import type { Layers } from "../layers.js";
import { resnet } from "../resnet.js";

/** diffusers models/autoencoders/vae.py: every norm of the VAE has this epsilon. */
const EPSILON = 1e-6;

export function vaeResnet(layers: Layers, x: Value, config: VaeConfig): Value {
  return resnet(layers, x, { groups: config.norm_num_groups, epsilon: EPSILON });
}

export function vaeNorm(layers: Layers, name: string, x: Value, config: VaeConfig): Value {
  return layers.groupNorm(name, x, { groups: config.norm_num_groups, epsilon: EPSILON });
}

/** UNetMidBlock2D: two residual blocks with a single-head attention over all positions between them. */
export function vaeMidBlock(layers: Layers, x: Value, config: VaeConfig): Value {
  let hidden = layers.module("resnets.0", (m) => vaeResnet(m, x, config));
  if (config.mid_block_add_attention)
    hidden = layers.module("attentions.0", (m) => vaeAttention(m, hidden, config));
  return layers.module("resnets.1", (m) => vaeResnet(m, hidden, config));
}

function vaeAttention(layers: Layers, x: Value, config: VaeConfig): Value {
  const [, , height = 1, width = 1] = x.shape;
  const tokens = layers.toTokens(vaeNorm(layers, "group_norm", x, config));
  const attended = attention(layers, tokens, { heads: 1 });
  return layers.add(layers.fromTokens(attended, height, width), x);
}
