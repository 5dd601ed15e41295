import type { Component, VaeConfig } from "@sunstep/checkpoint";
import type { Model } from "@sunstep/onnx-graph";
import { Layers } from "../layers.js";
import { vaeMidBlock, vaeNorm, vaeResnet } from "./blocks.js";

export interface VaeDecoderOptions extends Component<VaeConfig> {
  readonly batch: number;
  /** Of the latents: an eighth of the picture's. */
  readonly height: number;
  readonly width: number;
}

/**
 * Latents to picture (diffusers models/autoencoders/vae.py, Decoder).
 *
 * Input: `latent_sample` [batch, latent_channels, height, width], already divided by the scaling factor.
 * Output: `sample` [batch, 3, 8 * height, 8 * width], about -1 to 1, not clamped.
 */
export function buildVaeDecoder({ config, weights, batch, height, width }: VaeDecoderOptions): Model {
  const layers = new Layers("vae_decoder", weights);
  const { graph } = layers;
  const latents = graph.input("latent_sample", "float32", [batch, config.latent_channels, height, width]);
  const quantized = config.use_post_quant_conv ? layers.conv("post_quant_conv", latents) : latents;
  let hidden = layers.conv("decoder.conv_in", quantized, { padding: 1 });
  hidden = vaeMidBlock(layers, "decoder.mid_block", hidden, config);
  const last = config.up_block_types.length - 1;
  for (let block = 0; block <= last; block++) {
    const module = `decoder.up_blocks.${block}`;
    for (let i = 0; i <= config.layers_per_block; i++)
      hidden = vaeResnet(layers, `${module}.resnets.${i}`, hidden, config);
    if (block === last) continue;
    const [, , h = 1, w = 1] = hidden.shape;
    hidden = layers.conv(
      `${module}.upsamplers.0.conv`,
      layers.upsample(`${module}.upsamplers.0`, hidden, 2 * h, 2 * w),
      { padding: 1 },
    );
  }
  const normed = layers.silu(
    "decoder.conv_norm_out",
    vaeNorm(layers, "decoder.conv_norm_out", hidden, config),
  );
  graph.output("sample", layers.conv("decoder.conv_out", normed, { padding: 1 }));
  return graph.build();
}
