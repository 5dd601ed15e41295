import type { TaesdConfig } from "../config/taesd.js";
import type { Weights } from "../weights.js";
import type { TaesdHalf } from "./names.js";

/** Channels and residual blocks of each resolution of a half. */
interface Stages {
  readonly channels: readonly number[];
  readonly blocks: readonly number[];
}

/** Derives the config of a tiny autoencoder from its weights. The lists of a half that is not there are empty. */
export function deriveTaesdConfig(weights: Weights): TaesdConfig {
  const shape = (name: string) => (weights.has(name) ? weights.get(name).shape : []);
  const encoder = encoderStages(weights);
  const decoder = decoderStages(weights);
  const last = Math.max(...layersOf(weights, "decoder"));
  return {
    in_channels: shape("encoder.layers.0.weight")[1] ?? 3,
    out_channels: shape(`decoder.layers.${last}.weight`)[0] ?? 3,
    latent_channels: shape("decoder.layers.0.weight")[1] ?? 4,
    encoder_block_out_channels: encoder.channels,
    decoder_block_out_channels: decoder.channels,
    num_encoder_blocks: encoder.blocks,
    num_decoder_blocks: decoder.blocks,
    upsampling_scaling_factor: 2,
    latent_magnitude: 3,
    latent_shift: 0.5,
    scaling_factor: 1,
  };
}

/** A convolution begins each resolution of the encoder; the last one gives the latents. */
function encoderStages(weights: Weights): Stages {
  const channels: number[] = [];
  const blocks: number[] = [];
  for (const layer of layersOf(weights, "encoder")) {
    const name = `encoder.layers.${layer}.weight`;
    if (weights.has(name)) {
      channels.push(weights.get(name).shape[0]!);
      blocks.push(0);
    } else blocks[blocks.length - 1]! += 1;
  }
  return { channels: channels.slice(0, -1), blocks: blocks.slice(0, -1) };
}

/** A convolution ends each resolution of the decoder; its first one takes the latents. */
function decoderStages(weights: Weights): Stages {
  const channels: number[] = [];
  const blocks: number[] = [];
  let count = 0;
  for (const layer of layersOf(weights, "decoder").slice(1)) {
    const name = `decoder.layers.${layer}.weight`;
    if (weights.has(name)) {
      channels.push(weights.get(name).shape[1]!);
      blocks.push(count);
      count = 0;
    } else count++;
  }
  return { channels, blocks };
}

/** The numbers of the layers that have weights, ascending. */
function layersOf(weights: Weights, half: TaesdHalf): readonly number[] {
  const numbers = weights.names().flatMap((name) => {
    const [, number] = new RegExp(`^${half}\\.layers\\.(\\d+)\\.`).exec(name) ?? [];
    return number === undefined ? [] : [Number(number)];
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}
