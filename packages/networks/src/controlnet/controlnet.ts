import type { Component, ControlNetConfig } from "@sunstep/checkpoint";
import { int, type Model, type Value } from "@sunstep/onnx-graph";
import { Layers } from "../layers.js";
import { declareInputs, type UNetSizes } from "../unet/inputs.js";
import { wayDown } from "../unet/way-down.js";
import { residualNames } from "./residuals.js";

export interface ControlNetOptions extends Component<ControlNetConfig>, UNetSizes {}

/** Pixels of a latent along each side: the embedding of the control image halves it three times. */
const SCALE = 8;

/**
 * A ControlNet (diffusers models/controlnets/controlnet.py, ControlNetModel; Zhang et al. 2023, arXiv 2302.05543).
 *
 * Inputs, float32: a U-Net's `sample` [batch, in_channels, height, width], `timestep`, `encoder_hidden_states` and, of
 * Stable Diffusion XL, `text_embeds` and `time_ids`; `controlnet_cond` [1, 3, 8 * height, 8 * width], the control image
 * of all samples, 0 to 1; `conditioning_scale` [residuals], a factor for each output. Outputs: the residuals
 * `down_block_res_samples.N`, one for each skip connection of the U-Net, and `mid_block_res_sample`.
 */
export function buildControlNet({ config, weights, ...sizes }: ControlNetOptions): Model {
  const layers = Layers.of("controlnet", weights);
  const { graph } = layers;
  const inputs = declareInputs(graph, config, sizes);
  const image = graph.input("controlnet_cond", "float32", [
    1,
    config.conditioning_channels,
    SCALE * sizes.height,
    SCALE * sizes.width,
  ]);
  const hint = layers.module("controlnet_cond_embedding", (m) => embedImage(m, image, config));
  const { hidden, skips } = wayDown(layers, config, inputs, hint);

  const residuals = [
    ...skips.map((skip, i) => layers.conv(`controlnet_down_blocks.${i}`, skip)),
    layers.conv("controlnet_mid_block", hidden),
  ];
  const { outputs } = residualNames(skips.length);
  const scales = graph.input("conditioning_scale", "float32", [residuals.length]);
  for (const [i, residual] of residuals.entries()) {
    const scale = graph.op("Gather", [scales, graph.ints([i])], { axis: int(0) });
    graph.output(outputs[i]!, graph.op("Mul", [residual, scale]));
  }
  return graph.build();
}

/** ControlNetConditioningEmbedding: pixels -> the first features of the U-Net. */
function embedImage(layers: Layers, image: Value, config: ControlNetConfig): Value {
  const { controlnet_conditioning_channel_order: order, conditioning_embedding_out_channels: widths } =
    config;
  const ordered =
    order === "rgb" ? image : layers.op("Gather", [image, layers.graph.ints([2, 1, 0])], { axis: int(1) });
  let hidden = layers.silu(layers.conv("conv_in", ordered, { padding: 1 }));
  for (let i = 0; i < widths.length - 1; i++) {
    hidden = layers.silu(layers.conv(`blocks.${2 * i}`, hidden, { padding: 1 }));
    hidden = layers.silu(layers.conv(`blocks.${2 * i + 1}`, hidden, { padding: 1, stride: 2 }));
  }
  return layers.conv("conv_out", hidden, { padding: 1 });
}
