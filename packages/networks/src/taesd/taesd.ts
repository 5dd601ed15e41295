import type { Component, TaesdConfig } from "@sunstep/checkpoint";
import type { Model, Value } from "@sunstep/onnx-graph";
import { Layers } from "../layers.js";

export interface TaesdOptions extends Component<TaesdConfig> {
  readonly batch: number;
  /** Height and width of the encoder's or decoder's input: pixels or latents. */
  readonly height: number;
  readonly width: number;
}

/**
 * Image to latents by the tiny autoencoder (diffusers models/autoencoders/vae.py, EncoderTiny; Ollin Boer Bohan's
 * TAESD). Input: `sample` [batch, 3, height, width], -1 to 1. Output: `latents` [batch, 4, height / 8, width / 8],
 * scaled as the U-Net takes them.
 */
export function buildTaesdEncoder({ config, weights, batch, height, width }: TaesdOptions): Model {
  const layers = Layers.of("taesd_encoder", weights);
  const { graph } = layers;
  const image = graph.input("sample", "float32", [batch, config.in_channels, height, width]);
  // diffusers takes -1..1, the network 0..1.
  const unit = graph.op("Div", [graph.op("Add", [image, graph.scalar(1)]), graph.scalar(2)]);
  const latents = layers.module("encoder", (encoder) => {
    let hidden = unit;
    let layer = 0;
    for (const [stage, blocks] of config.num_encoder_blocks.entries()) {
      hidden = encoder.conv(`layers.${layer++}`, hidden, { padding: 1, stride: stage === 0 ? 1 : 2 });
      for (let i = 0; i < blocks; i++)
        hidden = encoder.module(`layers.${layer++}`, (m) => tinyBlock(m, hidden));
    }
    return encoder.conv(`layers.${layer}`, hidden, { padding: 1 });
  });
  graph.output("latents", latents);
  return graph.build();
}

/**
 * Latents to image by the tiny autoencoder (DecoderTiny). Input: `latents` [batch, 4, height, width], scaled as the
 * U-Net gives them. Output: `sample` [batch, 3, 8 * height, 8 * width], about -1 to 1, not clamped.
 */
export function buildTaesdDecoder({ config, weights, batch, height, width }: TaesdOptions): Model {
  const layers = Layers.of("taesd_decoder", weights);
  const { graph } = layers;
  const latents = graph.input("latents", "float32", [batch, config.latent_channels, height, width]);
  const three = graph.scalar(3);
  const clamped = graph.op("Mul", [graph.op("Tanh", [graph.op("Div", [latents, three])]), three]);
  const unit = layers.module("decoder", (decoder) => {
    let hidden = decoder.relu(decoder.conv("layers.0", clamped, { padding: 1 }));
    // Layer 1 is that ReLU.
    let layer = 2;
    const last = config.num_decoder_blocks.length - 1;
    for (const [stage, blocks] of config.num_decoder_blocks.entries()) {
      for (let i = 0; i < blocks; i++)
        hidden = decoder.module(`layers.${layer++}`, (m) => tinyBlock(m, hidden));
      if (stage < last) {
        const [, , h = 1, w = 1] = hidden.shape;
        hidden = decoder.module(`layers.${layer++}`, (m) => m.upsample(hidden, 2 * h, 2 * w));
      }
      hidden = decoder.conv(`layers.${layer++}`, hidden, { padding: 1 });
    }
    return hidden;
  });
  graph.output("sample", graph.op("Sub", [graph.op("Mul", [unit, graph.scalar(2)]), graph.scalar(1)]));
  return graph.build();
}

/** AutoencoderTinyBlock: three convolutions, a shortcut, a ReLU. */
function tinyBlock(layers: Layers, x: Value): Value {
  let hidden = layers.relu(layers.conv("conv.0", x, { padding: 1 }));
  hidden = layers.relu(layers.conv("conv.2", hidden, { padding: 1 }));
  hidden = layers.conv("conv.4", hidden, { padding: 1 });
  const shortcut = layers.has("skip.weight") ? layers.conv("skip", x) : x;
  return layers.relu(layers.add(hidden, shortcut));
}
