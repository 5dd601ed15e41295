import type { UNetConfig } from "@sunstep/checkpoint";
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
}

/** Declares the inputs that a U-Net of this config has. */
export function declareInputs(
  graph: GraphBuilder,
  config: UNetConfig,
  { batch, height, width, tokens }: UNetSizes,
): UNetInputs {
  const input = (name: keyof UNetInputs, shape: readonly number[]) => graph.input(name, "float32", shape);
  return {
    sample: input("sample", [batch, config.in_channels, height, width]),
    timestep: input("timestep", [batch]),
    encoder_hidden_states: input("encoder_hidden_states", [batch, tokens, config.cross_attention_dim]),
  };
}
