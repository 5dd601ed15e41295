import type { Component, UNetConfig } from "@sunstep/checkpoint";
import type { Model } from "@sunstep/onnx-graph";
import { Layers } from "../layers.js";
import { upBlocks } from "./blocks.js";
import { declareInputs, type UNetSizes } from "./inputs.js";
import { wayDown } from "./way-down.js";

export interface UNetOptions extends Component<UNetConfig>, UNetSizes {}

/**
 * The denoising network (diffusers models/unets/unet_2d_condition.py, UNet2DConditionModel).
 *
 * Inputs, float32: `sample` [batch, in_channels, height, width], `timestep` [batch],
 * `encoder_hidden_states` [batch, tokens, cross_attention_dim]; of Stable Diffusion XL also `text_embeds` [batch, pooled
 * width] and `time_ids` [batch, 6], of latent consistency models `timestep_cond` [batch, time_cond_proj_dim]. Output: `out_sample` [batch, out_channels, height, width].
 * @throws SunstepError CHECKPOINT_… where the checkpoint lacks a weight that the config asks for
 */
export function buildUNet({ config, weights, ...sizes }: UNetOptions): Model {
  const layers = Layers.of("unet", weights);
  const { graph } = layers;
  const inputs = declareInputs(graph, config, sizes);

  const { hidden: middle, skips, context } = wayDown(layers, config, inputs);
  let hidden = upBlocks(layers, middle, skips, context);

  const norm = { groups: config.norm_num_groups, epsilon: config.norm_eps };
  hidden = layers.silu(layers.groupNorm("conv_norm_out", hidden, norm));
  hidden = layers.conv("conv_out", hidden, { padding: (config.conv_out_kernel - 1) / 2 });
  graph.output("out_sample", hidden);
  return graph.build();
}
