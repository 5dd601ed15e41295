import type { TaesdConfig } from "../config/taesd.js";
import { collector, conv, type Shapes } from "./shapes.js";

/** The weights of diffusers' AutoencoderTiny; convolutions that change the resolution have no bias. */
export function taesdShapes(config: TaesdConfig): Shapes {
  const { all, add } = collector();
  let layer = 0;
  for (const [stage, blocks] of config.num_encoder_blocks.entries()) {
    const width = config.encoder_block_out_channels[stage]!;
    const name = `encoder.layers.${layer++}`;
    add(stage === 0 ? conv(name, config.in_channels, width) : withoutBias(name, width));
    for (let i = 0; i < blocks; i++) add(block(`encoder.layers.${layer++}`, width));
  }
  if (layer > 0)
    add(conv(`encoder.layers.${layer}`, config.encoder_block_out_channels.at(-1)!, config.latent_channels));

  add(conv("decoder.layers.0", config.latent_channels, config.decoder_block_out_channels[0]!));
  layer = 2; // Layer 1 is a ReLU.
  for (const [stage, blocks] of config.num_decoder_blocks.entries()) {
    const width = config.decoder_block_out_channels[stage]!;
    for (let i = 0; i < blocks; i++) add(block(`decoder.layers.${layer++}`, width));
    if (stage === config.num_decoder_blocks.length - 1) {
      add(conv(`decoder.layers.${layer}`, width, config.out_channels));
    } else {
      layer++; // The upsampling.
      add(withoutBias(`decoder.layers.${layer++}`, width));
    }
  }
  return all;
}

const withoutBias = (name: string, width: number): Shapes => ({ [`${name}.weight`]: [width, width, 3, 3] });

const block = (name: string, width: number): Shapes => ({
  ...conv(`${name}.conv.0`, width, width),
  ...conv(`${name}.conv.2`, width, width),
  ...conv(`${name}.conv.4`, width, width),
});
