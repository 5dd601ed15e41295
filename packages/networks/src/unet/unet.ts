import type { Component, UNetConfig } from "@sunstep/checkpoint";
import type { Model, Value } from "@sunstep/onnx-graph";
import { Layers } from "../layers.js";
import { downBlocks, midBlock, upBlocks } from "./blocks.js";
import { declareInputs, type UNetSizes } from "./inputs.js";
import { timeEmbedding, timeFeatures } from "./time-embedding.js";

export interface UNetOptions extends Component<UNetConfig>, UNetSizes {}

/**
 * The denoising network (diffusers models/unets/unet_2d_condition.py, UNet2DConditionModel).
 *
 * Inputs, float32: `sample` [batch, in_channels, height, width], `timestep` [batch],
 * `encoder_hidden_states` [batch, tokens, cross_attention_dim]. Output: `out_sample` [batch, out_channels, height, width].
 * @throws SunstepError CHECKPOINT_… where the checkpoint lacks a weight that the config asks for
 */
export function buildUNet({ config, weights, ...sizes }: UNetOptions): Model {
  const layers = Layers.of("unet", weights);
  const { graph } = layers;
  const inputs = declareInputs(graph, config, sizes);

  const features = layers.module("time_proj", (m) => timeFeatures(m, inputs.timestep, config));
  const embedded = layers.module("time_embedding", (m) => timeEmbedding(m, features));
  const time = layers.silu(embedded);
  const context = { config, time, inputs };
  const first = layers.conv("conv_in", inputs.sample, { padding: (config.conv_in_kernel - 1) / 2 });
  const skips: Value[] = [first];
  let hidden = downBlocks(layers, first, skips, context);
  if (config.mid_block_type !== null) hidden = midBlock(layers, hidden, context);
  hidden = upBlocks(layers, hidden, skips, context);

  const norm = { groups: config.norm_num_groups, epsilon: config.norm_eps };
  hidden = layers.silu(layers.groupNorm("conv_norm_out", hidden, norm));
  hidden = layers.conv("conv_out", hidden, { padding: (config.conv_out_kernel - 1) / 2 });
  graph.output("out_sample", hidden);
  return graph.build();
}
