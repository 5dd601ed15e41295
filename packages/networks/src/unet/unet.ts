import type { Component, UNetConfig } from "@sunstep/checkpoint";
import type { Model, Value } from "@sunstep/onnx-graph";
import { Layers } from "../layers.js";
import { downBlocks, midBlock, upBlocks } from "./blocks.js";
import { declareInputs, type UNetSizes } from "./inputs.js";
import { addedEmbedding, sinusoidalFeatures, timeEmbedding } from "./time-embedding.js";

export interface UNetOptions extends Component<UNetConfig>, UNetSizes {}

/**
 * The denoising network (diffusers models/unets/unet_2d_condition.py, UNet2DConditionModel).
 *
 * Inputs, float32: `sample` [batch, in_channels, height, width], `timestep` [batch],
 * `encoder_hidden_states` [batch, tokens, cross_attention_dim]; of Stable Diffusion XL also `text_embeds` [batch, pooled
 * width] and `time_ids` [batch, 6]. Output: `out_sample` [batch, out_channels, height, width].
 * @throws SunstepError CHECKPOINT_… where the checkpoint lacks a weight that the config asks for
 */
export function buildUNet({ config, weights, ...sizes }: UNetOptions): Model {
  const layers = Layers.of("unet", weights);
  const { graph } = layers;
  const inputs = declareInputs(graph, config, sizes);

  const features = layers.module("time_proj", (m) =>
    sinusoidalFeatures(m, inputs.timestep, config.block_out_channels[0]!, config),
  );
  const embedded = layers.module("time_embedding", (m) => timeEmbedding(m, features));
  const { added } = inputs;
  const time = layers.silu(added ? layers.add(embedded, addedEmbedding(layers, added, config)) : embedded);
  const context = { config, time, inputs };
  const sample = config.center_input_sample ? centred(layers, inputs.sample) : inputs.sample;
  const first = layers.conv("conv_in", sample, { padding: (config.conv_in_kernel - 1) / 2 });
  const skips: Value[] = [first];
  let hidden = downBlocks(layers, first, skips, context);
  hidden = midBlock(layers, hidden, context);
  hidden = upBlocks(layers, hidden, skips, context);

  const norm = { groups: config.norm_num_groups, epsilon: config.norm_eps };
  hidden = layers.silu(layers.groupNorm("conv_norm_out", hidden, norm));
  hidden = layers.conv("conv_out", hidden, { padding: (config.conv_out_kernel - 1) / 2 });
  graph.output("out_sample", hidden);
  return graph.build();
}

/** Moves a sample from 0..1 to -1..1. */
function centred(layers: Layers, sample: Value): Value {
  const { graph } = layers;
  return layers.op("Sub", [layers.op("Mul", [sample, graph.scalar(2)]), graph.scalar(1)]);
}
