import type { Component, UNetConfig } from "@sunstep/checkpoint";
import type { Model, Value } from "@sunstep/onnx-graph";
import { Layers } from "../layers.js";
import { downBlocks, midBlock, upBlocks } from "./blocks.js";
import { timeEmbedding } from "./time-embedding.js";

export interface UNetOptions extends Component<UNetConfig> {
  readonly batch: number;
  /** Of the latents: an eighth of the picture's. */
  readonly height: number;
  readonly width: number;
  /** Length of the encoded prompt: 77 per chunk. */
  readonly tokens: number;
}

/**
 * The denoising network (diffusers models/unets/unet_2d_condition.py, UNet2DConditionModel).
 *
 * Inputs, float32: `sample` [batch, in_channels, height, width], `timestep` [batch],
 * `encoder_hidden_states` [batch, tokens, cross_attention_dim]. Output: `out_sample` [batch, out_channels, height, width].
 * @throws SunstepError CHECKPOINT_… where the checkpoint lacks a weight that the config asks for
 */
export function buildUNet({ config, weights, batch, height, width, tokens }: UNetOptions): Model {
  const layers = new Layers("unet", weights);
  const { graph } = layers;
  const sample = graph.input("sample", "float32", [batch, config.in_channels, height, width]);
  const timestep = graph.input("timestep", "float32", [batch]);
  const context = graph.input("encoder_hidden_states", "float32", [
    batch,
    tokens,
    config.cross_attention_dim,
  ]);

  const time = layers.silu("time_embedding.out", timeEmbedding(layers, config, timestep));
  const conditioning = { time, context };
  const first = layers.conv("conv_in", sample, { padding: (config.conv_in_kernel - 1) / 2 });
  const skips: Value[] = [first];
  const down = downBlocks(layers, config, first, skips, conditioning);
  const middle = config.mid_block_type === null ? down : midBlock(layers, config, down, conditioning);
  const up = upBlocks(layers, config, middle, skips, conditioning);

  const norm = { groups: config.norm_num_groups, epsilon: config.norm_eps };
  const normed = layers.silu("conv_norm_out", layers.groupNorm("conv_norm_out", up, norm));
  graph.output("out_sample", layers.conv("conv_out", normed, { padding: (config.conv_out_kernel - 1) / 2 }));
  return graph.build();
}
