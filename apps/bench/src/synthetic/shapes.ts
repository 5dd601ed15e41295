// Names and shapes of every weight of the synthetic checkpoint, module by module, as diffusers and transformers
// name them.
import { taesdConfig, textEncoderConfig, unetConfig, vaeConfig } from "./configs.js";

export type Shapes = Record<string, readonly number[]>;

const linear = (name: string, inputs: number, outputs: number): Shapes => ({
  [`${name}.weight`]: [outputs, inputs],
  [`${name}.bias`]: [outputs],
});

const conv = (name: string, inputs: number, outputs: number, kernel = 3): Shapes => ({
  [`${name}.weight`]: [outputs, inputs, kernel, kernel],
  [`${name}.bias`]: [outputs],
});

const norm = (name: string, channels: number): Shapes => ({
  [`${name}.weight`]: [channels],
  [`${name}.bias`]: [channels],
});

function resnet(name: string, inputs: number, outputs: number, time?: number): Shapes {
  return {
    ...norm(`${name}.norm1`, inputs),
    ...conv(`${name}.conv1`, inputs, outputs),
    ...(time !== undefined && linear(`${name}.time_emb_proj`, time, outputs)),
    ...norm(`${name}.norm2`, outputs),
    ...conv(`${name}.conv2`, outputs, outputs),
    ...(inputs !== outputs && conv(`${name}.conv_shortcut`, inputs, outputs, 1)),
  };
}

function crossAttention(name: string, channels: number, context: number): Shapes {
  return {
    [`${name}.to_q.weight`]: [channels, channels],
    [`${name}.to_k.weight`]: [channels, context],
    [`${name}.to_v.weight`]: [channels, context],
    ...linear(`${name}.to_out.0`, channels, channels),
  };
}

function transformer(name: string, channels: number, context: number): Shapes {
  const block = `${name}.transformer_blocks.0`;
  return {
    ...norm(`${name}.norm`, channels),
    ...conv(`${name}.proj_in`, channels, channels, 1),
    ...norm(`${block}.norm1`, channels),
    ...crossAttention(`${block}.attn1`, channels, channels),
    ...norm(`${block}.norm2`, channels),
    ...crossAttention(`${block}.attn2`, channels, context),
    ...norm(`${block}.norm3`, channels),
    ...linear(`${block}.ff.net.0.proj`, channels, 8 * channels),
    ...linear(`${block}.ff.net.2`, 4 * channels, channels),
    ...conv(`${name}.proj_out`, channels, channels, 1),
  };
}

export function unetShapes(): Shapes {
  const {
    block_out_channels: widths,
    cross_attention_dim: context,
    layers_per_block,
    ...config
  } = unetConfig;
  const first = widths[0]!;
  const time = 4 * first;
  const shapes: Shapes = {
    ...conv("conv_in", config.in_channels, first),
    ...linear("time_embedding.linear_1", first, time),
    ...linear("time_embedding.linear_2", time, time),
    ...norm("conv_norm_out", first),
    ...conv("conv_out", first, config.out_channels),
  };
  const skips = [first];
  let channels = first;
  for (const [i, width] of widths.entries()) {
    const block = `down_blocks.${i}`;
    for (let layer = 0; layer < layers_per_block; layer++) {
      Object.assign(shapes, resnet(`${block}.resnets.${layer}`, channels, width, time));
      channels = width;
      if (config.down_block_types[i]!.startsWith("CrossAttn"))
        Object.assign(shapes, transformer(`${block}.attentions.${layer}`, width, context));
      skips.push(width);
    }
    if (i === widths.length - 1) continue;
    Object.assign(shapes, conv(`${block}.downsamplers.0.conv`, width, width));
    skips.push(width);
  }
  Object.assign(
    shapes,
    resnet("mid_block.resnets.0", channels, channels, time),
    transformer("mid_block.attentions.0", channels, context),
    resnet("mid_block.resnets.1", channels, channels, time),
  );
  for (const [i, width] of widths.toReversed().entries()) {
    const block = `up_blocks.${i}`;
    for (let layer = 0; layer <= layers_per_block; layer++) {
      Object.assign(shapes, resnet(`${block}.resnets.${layer}`, channels + skips.pop()!, width, time));
      channels = width;
      if (config.up_block_types[i]!.startsWith("CrossAttn"))
        Object.assign(shapes, transformer(`${block}.attentions.${layer}`, width, context));
    }
    if (i < widths.length - 1) Object.assign(shapes, conv(`${block}.upsamplers.0.conv`, width, width));
  }
  return shapes;
}

export function textEncoderShapes(): Shapes {
  const { hidden_size: width, intermediate_size, num_hidden_layers, ...config } = textEncoderConfig;
  const shapes: Shapes = {
    "text_model.embeddings.token_embedding.weight": [config.vocab_size, width],
    "text_model.embeddings.position_embedding.weight": [config.max_position_embeddings, width],
    ...norm("text_model.final_layer_norm", width),
  };
  for (let i = 0; i < num_hidden_layers; i++) {
    const layer = `text_model.encoder.layers.${i}`;
    for (const projection of ["k_proj", "v_proj", "q_proj", "out_proj"])
      Object.assign(shapes, linear(`${layer}.self_attn.${projection}`, width, width));
    Object.assign(
      shapes,
      norm(`${layer}.layer_norm1`, width),
      linear(`${layer}.mlp.fc1`, width, intermediate_size),
      linear(`${layer}.mlp.fc2`, intermediate_size, width),
      norm(`${layer}.layer_norm2`, width),
    );
  }
  return shapes;
}

function vaeMiddle(name: string, channels: number): Shapes {
  const attention = `${name}.attentions.0`;
  return {
    ...resnet(`${name}.resnets.0`, channels, channels),
    ...norm(`${attention}.group_norm`, channels),
    ...linear(`${attention}.to_q`, channels, channels),
    ...linear(`${attention}.to_k`, channels, channels),
    ...linear(`${attention}.to_v`, channels, channels),
    ...linear(`${attention}.to_out.0`, channels, channels),
    ...resnet(`${name}.resnets.1`, channels, channels),
  };
}

export function vaeShapes(): Shapes {
  const { block_out_channels: widths, latent_channels: latents, layers_per_block, ...config } = vaeConfig;
  const [first, last] = [widths[0]!, widths.at(-1)!];
  const shapes: Shapes = {
    ...conv("encoder.conv_in", config.in_channels, first),
    ...vaeMiddle("encoder.mid_block", last),
    ...norm("encoder.conv_norm_out", last),
    ...conv("encoder.conv_out", last, 2 * latents),
    ...conv("quant_conv", 2 * latents, 2 * latents, 1),
    ...conv("post_quant_conv", latents, latents, 1),
    ...conv("decoder.conv_in", latents, last),
    ...vaeMiddle("decoder.mid_block", last),
    ...norm("decoder.conv_norm_out", first),
    ...conv("decoder.conv_out", first, config.out_channels),
  };
  let channels = first;
  for (const [i, width] of widths.entries()) {
    for (let layer = 0; layer < layers_per_block; layer++) {
      Object.assign(shapes, resnet(`encoder.down_blocks.${i}.resnets.${layer}`, channels, width));
      channels = width;
    }
    if (i < widths.length - 1)
      Object.assign(shapes, conv(`encoder.down_blocks.${i}.downsamplers.0.conv`, width, width));
  }
  for (const [i, width] of widths.toReversed().entries()) {
    for (let layer = 0; layer <= layers_per_block; layer++) {
      Object.assign(shapes, resnet(`decoder.up_blocks.${i}.resnets.${layer}`, channels, width));
      channels = width;
    }
    if (i < widths.length - 1)
      Object.assign(shapes, conv(`decoder.up_blocks.${i}.upsamplers.0.conv`, width, width));
  }
  return shapes;
}

const tinyBlock = (name: string, width: number): Shapes => ({
  ...conv(`${name}.conv.0`, width, width),
  ...conv(`${name}.conv.2`, width, width),
  ...conv(`${name}.conv.4`, width, width),
});

export function taesdShapes(): Shapes {
  const { num_encoder_blocks, num_decoder_blocks, in_channels, out_channels, latent_channels } = taesdConfig;
  const width = taesdConfig.encoder_block_out_channels[0]!;
  const shapes: Shapes = {};
  let layer = 0;
  for (const [stage, blocks] of num_encoder_blocks.entries()) {
    if (stage === 0) Object.assign(shapes, conv(`encoder.layers.${layer++}`, in_channels, width));
    else shapes[`encoder.layers.${layer++}.weight`] = [width, width, 3, 3];
    for (let i = 0; i < blocks; i++) Object.assign(shapes, tinyBlock(`encoder.layers.${layer++}`, width));
  }
  Object.assign(shapes, conv(`encoder.layers.${layer}`, width, latent_channels));
  Object.assign(shapes, conv("decoder.layers.0", latent_channels, width));
  layer = 2; // after a ReLU
  for (const [stage, blocks] of num_decoder_blocks.entries()) {
    for (let i = 0; i < blocks; i++) Object.assign(shapes, tinyBlock(`decoder.layers.${layer++}`, width));
    if (stage === num_decoder_blocks.length - 1) break;
    layer++; // upsampling
    shapes[`decoder.layers.${layer++}.weight`] = [width, width, 3, 3];
  }
  return { ...shapes, ...conv(`decoder.layers.${layer}`, width, out_channels) };
}

/**
 * An add_pos adapter in the authors' keys, by default for SD1.5: `N.` counts the attention processors of a U-Net of
 * these shapes in diffusers' order: down, up, middle.
 */
export function sunShapes(
  unet: Shapes = unetShapes(),
  context: number = unetConfig.cross_attention_dim,
): Shapes {
  const order = ["down_blocks", "up_blocks", "mid_block"];
  const queries = Object.keys(unet).filter((name) => name.endsWith("attn2.to_q.weight"));
  const widths = order.flatMap((block) =>
    queries.filter((name) => name.startsWith(block)).map((name) => unet[name]![0]!),
  );
  const shapes: Shapes = {};
  for (const [i, width] of widths.entries()) {
    const processor = 2 * i + 1;
    for (const branch of ["neg", "extra_pos"]) {
      shapes[`${processor}.to_k_${branch}.weight`] = [width, context];
      shapes[`${processor}.to_v_${branch}.weight`] = [width, context];
      shapes[`${processor}.to_k_${branch}_alpha`] = [width];
      shapes[`${processor}.to_k_${branch}_beta`] = [width];
    }
  }
  return shapes;
}
