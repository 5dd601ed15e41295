import type { Component, VaeConfig } from "@sunstep/checkpoint";
import { int, type Model, type Value } from "@sunstep/onnx-graph";
import { Layers } from "../layers.js";
import { vaeMidBlock, vaeNorm, vaeResnet } from "./blocks.js";

export interface VaeEncoderOptions extends Component<VaeConfig> {
  readonly batch: number;
  /** Of the picture, in pixels. */
  readonly height: number;
  readonly width: number;
}

/** diffusers models/autoencoders/vae.py, DiagonalGaussianDistribution. */
const LOG_VARIANCE_RANGE = [-30, 20] as const;

/**
 * Picture to the distribution of its latents (diffusers models/autoencoders/vae.py, Encoder).
 *
 * Input: `sample` [batch, 3, height, width], -1 to 1. Outputs: `mean` and `logvar`
 * [batch, latent_channels, height / 8, width / 8], before the scaling factor.
 */
export function buildVaeEncoder({ config, weights, batch, height, width }: VaeEncoderOptions): Model {
  const layers = new Layers("vae_encoder", weights);
  const { graph } = layers;
  const image = graph.input("sample", "float32", [batch, config.in_channels, height, width]);
  let hidden = layers.conv("encoder.conv_in", image, { padding: 1 });
  const last = config.down_block_types.length - 1;
  for (let block = 0; block <= last; block++) {
    const module = `encoder.down_blocks.${block}`;
    for (let i = 0; i < config.layers_per_block; i++)
      hidden = vaeResnet(layers, `${module}.resnets.${i}`, hidden, config);
    // Padded at the bottom and the right only.
    if (block < last)
      hidden = layers.conv(`${module}.downsamplers.0.conv`, hidden, { stride: 2, padding: [0, 0, 1, 1] });
  }
  hidden = vaeMidBlock(layers, "encoder.mid_block", hidden, config);
  const normed = layers.silu(
    "encoder.conv_norm_out",
    vaeNorm(layers, "encoder.conv_norm_out", hidden, config),
  );
  const encoded = layers.conv("encoder.conv_out", normed, { padding: 1 });
  const moments = config.use_quant_conv ? layers.conv("quant_conv", encoded) : encoded;
  const [mean, logVariance] = graph.ops(
    "Split",
    [moments, graph.ints([config.latent_channels, config.latent_channels])],
    2,
    { axis: int(1) },
    { name: "moments" },
  ) as [Value, Value];
  const [low, high] = LOG_VARIANCE_RANGE;
  graph.output("mean", mean);
  graph.output("logvar", graph.op("Clip", [logVariance, graph.scalar(low), graph.scalar(high)]));
  return graph.build();
}
