import { type ControlNetConfig, skipConnections } from "../config/controlnet.js";
import { collector, conv, type Shapes } from "./shapes.js";
import { unetShapes } from "./unet.js";

/** Modules of a U-Net that a ControlNet has no copy of. */
const WAY_UP = /^(up_blocks|conv_norm_out|conv_out)\./;

/** The weights of diffusers' ControlNetModel. */
export function controlNetShapes(config: ControlNetConfig): Shapes {
  const copied = Object.entries(unetShapes(config)).filter(([name]) => !WAY_UP.test(name));
  const { all, add } = collector();
  add(Object.fromEntries(copied));

  const widths = config.conditioning_embedding_out_channels;
  const embedding = "controlnet_cond_embedding";
  add(conv(`${embedding}.conv_in`, config.conditioning_channels, widths[0]!));
  for (const [i, width] of widths.slice(0, -1).entries()) {
    add(
      conv(`${embedding}.blocks.${2 * i}`, width, width),
      conv(`${embedding}.blocks.${2 * i + 1}`, width, widths[i + 1]!),
    );
  }
  add(conv(`${embedding}.conv_out`, widths.at(-1)!, config.block_out_channels[0]!));

  for (const [i, { channels }] of skipConnections(config).entries())
    add(conv(`controlnet_down_blocks.${i}`, channels, channels, 1));
  const inner = config.block_out_channels.at(-1)!;
  add(conv("controlnet_mid_block", inner, inner, 1));
  return all;
}
