import type { Component, VaeConfig } from "@sunstep/checkpoint";
import { int, type Model, type Value } from "@sunstep/onnx-graph";
import { Layers } from "../layers.js";
import { vaeMidBlock, vaeNorm, vaeResnet } from "./blocks.js";

export interface VaeEncoderOptions extends Component<VaeConfig> {
  readonly batch: number;
  /** Height and width of the image, in pixels. */
  readonly height: number;
  readonly width: number;
}

/** diffusers models/autoencoders/vae.py, DiagonalGaussianDistribution. */
const LOG_VARIANCE_RANGE = [-30, 20] as const;

/**
 * Image to the distribution of its latents (diffusers models/autoencoders/vae.py, Encoder).
 *
 * Input: `sample` [batch, 3, height, width], -1 to 1. Outputs: `mean` and `logvar`
 * [batch, latent_channels, height / 8, width / 8], before the scaling factor.
 */
export function buildVaeEncoder({ config, weights, batch, height, width }: VaeEncoderOptions): Model {
  const layers = Layers.of("vae_encoder", weights);
  const { graph } = layers;
  const image = graph.input("sample", "float32", [batch, config.in_channels, height, width]);
  const encoded = layers.module("encoder", (m) => encoder(m, image, config));
  const moments = config.use_quant_conv ? layers.conv("quant_conv", encoded) : encoded;
  const halves = graph.ints([config.latent_channels, config.latent_channels]);
  const [mean, logVariance] = graph.ops(
    "Split",
    [moments, halves],
    2,
    { axis: int(1) },
    { name: "moments" },
  ) as [Value, Value];
  const [low, high] = LOG_VARIANCE_RANGE;
  graph.output("mean", mean);
  graph.output("logvar", graph.op("Clip", [logVariance, graph.scalar(low), graph.scalar(high)]));
  return graph.build();
}

function encoder(layers: Layers, image: Value, config: VaeConfig): Value {
  let hidden = layers.conv("conv_in", image, { padding: 1 });
  const last = config.down_block_types.length - 1;
  for (let block = 0; block <= last; block++) {
    layers.module(`down_blocks.${block}`, (down) => {
      for (let i = 0; i < config.layers_per_block; i++)
        hidden = down.module(`resnets.${i}`, (m) => vaeResnet(m, hidden, config));
      if (block === last) return;
      // Padded at the bottom and the right only.
      hidden = down.conv("downsamplers.0.conv", hidden, { stride: 2, padding: [0, 0, 1, 1] });
    });
  }
  hidden = layers.module("mid_block", (m) => vaeMidBlock(m, hidden, config));
  hidden = layers.silu(vaeNorm(layers, "conv_norm_out", hidden, config));
  return layers.conv("conv_out", hidden, { padding: 1 });
}
