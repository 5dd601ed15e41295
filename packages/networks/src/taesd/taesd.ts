import type { Component, TaesdConfig } from "@sunstep/checkpoint";
import type { Model, Value } from "@sunstep/onnx-graph";
import { Layers } from "../layers.js";

export interface TaesdOptions extends Component<TaesdConfig> {
  readonly batch: number;
  /** Of the encoder's or decoder's input: pixels or latents. */
  readonly height: number;
  readonly width: number;
}

/**
 * Picture to latents by the tiny autoencoder (diffusers models/autoencoders/vae.py, EncoderTiny; Ollin Boer Bohan's
 * TAESD). Input: `sample` [batch, 3, height, width], -1 to 1. Output: `latents` [batch, 4, height / 8, width / 8],
 * already scaled as the U-Net takes them.
 */
export function buildTaesdEncoder({ config, weights, batch, height, width }: TaesdOptions): Model {
  const layers = new Layers("taesd_encoder", weights);
  const { graph } = layers;
  const image = graph.input("sample", "float32", [batch, config.in_channels, height, width]);
  // diffusers takes -1..1, the network 0..1.
  let hidden = graph.op("Div", [graph.op("Add", [image, graph.scalar(1)]), graph.scalar(2)]);
  let layer = 0;
  for (const [stage, blocks] of config.num_encoder_blocks.entries()) {
    hidden = layers.conv(`encoder.layers.${layer++}`, hidden, { padding: 1, stride: stage === 0 ? 1 : 2 });
    for (let i = 0; i < blocks; i++) hidden = tinyBlock(layers, `encoder.layers.${layer++}`, hidden);
  }
  graph.output("latents", layers.conv(`encoder.layers.${layer}`, hidden, { padding: 1 }));
  return graph.build();
}

/**
 * Latents to picture by the tiny autoencoder (DecoderTiny). Input: `latents` [batch, 4, height, width], scaled as the
 * U-Net gives them. Output: `sample` [batch, 3, 8 * height, 8 * width], about -1 to 1, not clamped.
 */
export function buildTaesdDecoder({ config, weights, batch, height, width }: TaesdOptions): Model {
  const layers = new Layers("taesd_decoder", weights);
  const { graph } = layers;
  const latents = graph.input("latents", "float32", [batch, config.latent_channels, height, width]);
  const three = graph.scalar(3);
  const clamped = graph.op("Mul", [graph.op("Tanh", [graph.op("Div", [latents, three])]), three]);
  let hidden = relu(layers, "decoder.layers.1", layers.conv("decoder.layers.0", clamped, { padding: 1 }));
  let layer = 2;
  const last = config.num_decoder_blocks.length - 1;
  for (const [stage, blocks] of config.num_decoder_blocks.entries()) {
    for (let i = 0; i < blocks; i++) hidden = tinyBlock(layers, `decoder.layers.${layer++}`, hidden);
    if (stage < last) {
      const [, , h = 1, w = 1] = hidden.shape;
      hidden = layers.upsample(`decoder.layers.${layer++}`, hidden, 2 * h, 2 * w);
    }
    hidden = layers.conv(`decoder.layers.${layer++}`, hidden, { padding: 1 });
  }
  const doubled = graph.op("Mul", [hidden, graph.scalar(2)]);
  graph.output("sample", graph.op("Sub", [doubled, graph.scalar(1)]));
  return graph.build();
}

/** AutoencoderTinyBlock: three convolutions, a shortcut, a ReLU. */
function tinyBlock(layers: Layers, module: string, x: Value): Value {
  const first = relu(layers, `${module}.conv.1`, layers.conv(`${module}.conv.0`, x, { padding: 1 }));
  const second = relu(layers, `${module}.conv.3`, layers.conv(`${module}.conv.2`, first, { padding: 1 }));
  const third = layers.conv(`${module}.conv.4`, second, { padding: 1 });
  const shortcut = layers.has(`${module}.skip.weight`) ? layers.conv(`${module}.skip`, x) : x;
  return relu(layers, `${module}.fuse`, layers.add(module, third, shortcut));
}

function relu(layers: Layers, module: string, x: Value): Value {
  return layers.graph.scope(module, () => layers.graph.op("Relu", [x]));
}
