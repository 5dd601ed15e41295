import type { Component, VaeConfig } from "@sunstep/checkpoint";
import type { Model, Value } from "@sunstep/onnx-graph";
import { Layers } from "../layers.js";
import { vaeMidBlock, vaeNorm, vaeResnet } from "./blocks.js";

export interface VaeDecoderOptions extends Component<VaeConfig> {
  readonly batch: number;
  /** Height and width of the latents: an eighth of the image's. */
  readonly height: number;
  readonly width: number;
}

/**
 * Latents to image (diffusers models/autoencoders/vae.py, Decoder).
 *
 * Input: `latent_sample` [batch, latent_channels, height, width], already divided by the scaling factor.
 * Output: `sample` [batch, 3, 8 * height, 8 * width], about -1 to 1, not clamped.
 */
export function buildVaeDecoder({ config, weights, batch, height, width }: VaeDecoderOptions): Model {
  const layers = Layers.of("vae_decoder", weights);
  const { graph } = layers;
  const latents = graph.input("latent_sample", "float32", [batch, config.latent_channels, height, width]);
  const unquantized = config.use_post_quant_conv ? layers.conv("post_quant_conv", latents) : latents;
  graph.output(
    "sample",
    layers.module("decoder", (m) => decoder(m, unquantized, config)),
  );
  return graph.build();
}

function decoder(layers: Layers, latents: Value, config: VaeConfig): Value {
  let hidden = layers.conv("conv_in", latents, { padding: 1 });
  hidden = layers.module("mid_block", (m) => vaeMidBlock(m, hidden, config));
  const last = config.up_block_types.length - 1;
  for (let block = 0; block <= last; block++) {
    layers.module(`up_blocks.${block}`, (up) => {
      for (let i = 0; i <= config.layers_per_block; i++)
        hidden = up.module(`resnets.${i}`, (m) => vaeResnet(m, hidden, config));
      if (block === last) return;
      const [, , h = 1, w = 1] = hidden.shape;
      hidden = up.conv("upsamplers.0.conv", up.upsample(hidden, 2 * h, 2 * w), { padding: 1 });
    });
  }
  hidden = layers.silu(vaeNorm(layers, "conv_norm_out", hidden, config));
  return layers.conv("conv_out", hidden, { padding: 1 });
}
