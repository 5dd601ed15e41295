import type { VaeConfig } from "@sunstep/checkpoint";
import type { Value } from "@sunstep/onnx-graph";
import { attention, diffusersProjections } from "../attention.js";
import type { Layers } from "../layers.js";
import { resnet } from "../resnet.js";

/** diffusers models/autoencoders/vae.py: every norm of the VAE has this epsilon. */
const EPSILON = 1e-6;

export function vaeResnet(layers: Layers, module: string, x: Value, config: VaeConfig): Value {
  return resnet(layers, module, x, { groups: config.norm_num_groups, epsilon: EPSILON });
}

export function vaeNorm(layers: Layers, module: string, x: Value, config: VaeConfig): Value {
  return layers.groupNorm(module, x, { groups: config.norm_num_groups, epsilon: EPSILON });
}

/** Two residual blocks with a single-head attention over all positions between them. */
export function vaeMidBlock(layers: Layers, module: string, x: Value, config: VaeConfig): Value {
  const first = vaeResnet(layers, `${module}.resnets.0`, x, config);
  const attended = config.mid_block_add_attention
    ? vaeAttention(layers, `${module}.attentions.0`, first, config)
    : first;
  return vaeResnet(layers, `${module}.resnets.1`, attended, config);
}

function vaeAttention(layers: Layers, module: string, x: Value, config: VaeConfig): Value {
  const [, , height = 1, width = 1] = x.shape;
  const tokens = layers.toTokens(module, vaeNorm(layers, `${module}.group_norm`, x, config));
  const attended = attention(layers, module, diffusersProjections(module), tokens, tokens, { heads: 1 });
  return layers.add(`${module}.residual`, layers.fromTokens(module, attended, height, width), x);
}
