import type { UNetConfig } from "../config/unet.js";
import { downDepth, midDepth, perBlock, upDepth } from "../config/unet-blocks.js";
import { collector, conv, linear, norm, resnet, type Shapes } from "./shapes.js";

/** The weights of diffusers' UNet2DConditionModel. */
export function unetShapes(config: UNetConfig): Shapes {
  const widths = config.block_out_channels;
  const last = widths.length - 1;
  const first = widths[0]!;
  const time = 4 * first;
  const { all, add } = collector();
  add(
    conv("conv_in", config.in_channels, first, config.conv_in_kernel),
    linear("time_embedding.linear_1", first, time),
    linear("time_embedding.linear_2", time, time),
  );
  if (config.addition_embed_type !== null) {
    add(
      linear("add_embedding.linear_1", config.projection_class_embeddings_input_dim!, time),
      linear("add_embedding.linear_2", time, time),
    );
  }
  if (config.time_cond_proj_dim !== null)
    add({ "time_embedding.cond_proj.weight": [first, config.time_cond_proj_dim] });
  const onlyCross = (block: number) => perBlock(config.only_cross_attention, block);
  const skips = [first];
  let channels = first;
  for (const [block, width] of widths.entries()) {
    const down = `down_blocks.${block}`;
    for (let layer = 0; layer < perBlock(config.layers_per_block, block); layer++) {
      add(resnet(`${down}.resnets.${layer}`, channels, width, time));
      channels = width;
      if (config.down_block_types[block] === "CrossAttnDownBlock2D") {
        const sizes = {
          channels: width,
          depth: downDepth(config, block, layer),
          onlyCross: onlyCross(block),
        };
        add(transformer(`${down}.attentions.${layer}`, sizes, config));
      }
      skips.push(width);
    }
    if (block === last) continue;
    add(conv(`${down}.downsamplers.0.conv`, width, width));
    skips.push(width);
  }
  if (config.mid_block_type !== null) add(resnet("mid_block.resnets.0", channels, channels, time));
  if (config.mid_block_type === "UNetMidBlock2DCrossAttn") {
    add(
      transformer("mid_block.attentions.0", { channels, depth: midDepth(config), onlyCross: false }, config),
      resnet("mid_block.resnets.1", channels, channels, time),
    );
  }
  for (const [block, width] of widths.toReversed().entries()) {
    const up = `up_blocks.${block}`;
    for (let layer = 0; layer <= perBlock(config.layers_per_block, last - block); layer++) {
      add(resnet(`${up}.resnets.${layer}`, channels + (skips.pop() ?? 0), width, time));
      channels = width;
      if (config.up_block_types[block] === "CrossAttnUpBlock2D") {
        const sizes = {
          channels: width,
          depth: upDepth(config, block, layer),
          onlyCross: onlyCross(last - block),
        };
        add(transformer(`${up}.attentions.${layer}`, sizes, config));
      }
    }
    if (block < last) add(conv(`${up}.upsamplers.0.conv`, width, width));
  }
  add(norm("conv_norm_out", first), conv("conv_out", first, config.out_channels, config.conv_out_kernel));
  return all;
}

interface TransformerSizes {
  readonly channels: number;
  readonly depth: number;
  readonly onlyCross: boolean;
}

/** diffusers' Transformer2DModel. */
function transformer(
  name: string,
  { channels, depth, onlyCross }: TransformerSizes,
  config: UNetConfig,
): Shapes {
  const context = config.cross_attention_dim;
  const projection = config.use_linear_projection
    ? linear
    : (module: string, inputs: number, outputs: number) => conv(module, inputs, outputs, 1);
  const { all, add } = collector();
  add(norm(`${name}.norm`, channels), projection(`${name}.proj_in`, channels, channels));
  for (let i = 0; i < depth; i++) {
    const inner = `${name}.transformer_blocks.${i}`;
    add(
      norm(`${inner}.norm1`, channels),
      attention(`${inner}.attn1`, channels, onlyCross ? context : channels),
      norm(`${inner}.norm2`, channels),
      attention(`${inner}.attn2`, channels, context),
      norm(`${inner}.norm3`, channels),
      linear(`${inner}.ff.net.0.proj`, channels, 8 * channels),
      linear(`${inner}.ff.net.2`, 4 * channels, channels),
    );
  }
  add(projection(`${name}.proj_out`, channels, channels));
  return all;
}

function attention(name: string, channels: number, context: number): Shapes {
  return {
    [`${name}.to_q.weight`]: [channels, channels],
    [`${name}.to_k.weight`]: [channels, context],
    [`${name}.to_v.weight`]: [channels, context],
    ...linear(`${name}.to_out.0`, channels, channels),
  };
}
