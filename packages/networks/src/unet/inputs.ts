import { pooledWidth, SIZE_NUMBERS, type UNetConfig } from "@sunstep/checkpoint";
import type { GraphBuilder, Value } from "@sunstep/onnx-graph";

export interface UNetSizes {
  readonly batch: number;
  /** Height and width of the latents: an eighth of the image's. */
  readonly height: number;
  readonly width: number;
  /** Length of the encoded prompt: 77 per chunk. */
  readonly tokens: number;
}

/**
 * The inputs of a U-Net under diffusers' names, all float32. `sample` and `timestep` change from step to step; every
 * other input is conditioning, so a U-Net with more of it declares it here.
 */
export interface UNetInputs {
  /** Noisy latents, [batch, in_channels, height, width]. */
  readonly sample: Value;
  /** [batch] */
  readonly timestep: Value;
  /** Encoded prompt, [batch, tokens, cross_attention_dim]. */
  readonly encoder_hidden_states: Value;
  /** Stable Diffusion XL's further conditioning. */
  readonly added?: AddedInputs;
  /** The embedded guidance scale of latent consistency models, [batch, time_cond_proj_dim]. */
  readonly timestep_cond?: Value;
}

export interface AddedInputs {
  /** Pooled and projected prompt, [batch, pooled width]. */
  readonly text_embeds: Value;
  /** Original height and width, crop top and left, target height and width in pixels: [batch, 6]. */
  readonly time_ids: Value;
}

/** Declares the inputs that a U-Net of this config has. */
export function declareInputs(
  graph: GraphBuilder,
  config: UNetConfig,
  { batch, height, width, tokens }: UNetSizes,
): UNetInputs {
  const input = (name: string, shape: readonly number[]) => graph.input(name, "float32", shape);
  return {
    sample: input("sample", [batch, config.in_channels, height, width]),
    timestep: input("timestep", [batch]),
    encoder_hidden_states: input("encoder_hidden_states", [batch, tokens, config.cross_attention_dim]),
    ...(config.addition_embed_type !== null && {
      added: {
        text_embeds: input("text_embeds", [batch, pooledWidth(config)]),
        time_ids: input("time_ids", [batch, SIZE_NUMBERS]),
      },
    }),
    ...(config.time_cond_proj_dim !== null && {
      timestep_cond: input("timestep_cond", [batch, config.time_cond_proj_dim]),
    }),
  };
}
