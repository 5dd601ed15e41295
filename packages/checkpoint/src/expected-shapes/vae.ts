import type { VaeConfig } from "../config/vae.js";
import { collector, conv, linear, norm, resnet, type Shapes } from "./shapes.js";

/** The weights of diffusers' AutoencoderKL. */
export function vaeShapes(config: VaeConfig): Shapes {
  const { block_out_channels: widths, latent_channels: latents, layers_per_block } = config;
  const first = widths[0]!;
  const innermost = widths.at(-1)!;
  const { all, add } = collector();
  add(
    conv("encoder.conv_in", config.in_channels, first),
    middle("encoder.mid_block", innermost, config),
    norm("encoder.conv_norm_out", innermost),
    conv("encoder.conv_out", innermost, 2 * latents),
    config.use_quant_conv ? conv("quant_conv", 2 * latents, 2 * latents, 1) : {},
    config.use_post_quant_conv ? conv("post_quant_conv", latents, latents, 1) : {},
    conv("decoder.conv_in", latents, innermost),
    middle("decoder.mid_block", innermost, config),
    norm("decoder.conv_norm_out", first),
    conv("decoder.conv_out", first, config.out_channels),
  );
  const sides = [
    ["encoder.down_blocks", "downsamplers", widths, layers_per_block, first],
    ["decoder.up_blocks", "upsamplers", widths.toReversed(), layers_per_block + 1, innermost],
  ] as const;
  for (const [blocks, resamplers, outputs, layers, start] of sides) {
    let channels = start;
    for (const [block, width] of outputs.entries()) {
      for (let layer = 0; layer < layers; layer++) {
        add(resnet(`${blocks}.${block}.resnets.${layer}`, channels, width));
        channels = width;
      }
      if (block < outputs.length - 1) add(conv(`${blocks}.${block}.${resamplers}.0.conv`, width, width));
    }
  }
  return all;
}

function middle(name: string, channels: number, config: VaeConfig): Shapes {
  const attention = `${name}.attentions.0`;
  return {
    ...resnet(`${name}.resnets.0`, channels, channels),
    ...(config.mid_block_add_attention && {
      ...norm(`${attention}.group_norm`, channels),
      ...linear(`${attention}.to_q`, channels, channels),
      ...linear(`${attention}.to_k`, channels, channels),
      ...linear(`${attention}.to_v`, channels, channels),
      ...linear(`${attention}.to_out.0`, channels, channels),
    }),
    ...resnet(`${name}.resnets.1`, channels, channels),
  };
}
