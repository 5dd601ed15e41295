import type { UNetConfig } from "@sunstep/checkpoint";
import { int, type Value } from "@sunstep/onnx-graph";
import type { Layers } from "../layers.js";
import { resnet } from "../resnet.js";
import type { UNetInputs } from "./inputs.js";
import { transformer } from "./transformer.js";

/** The values that every block of a U-Net reads besides the one it transforms. */
export interface BlockContext {
  readonly config: UNetConfig;
  /** SiLU of the time embedding, [batch, 4 * width]. */
  readonly time: Value;
  readonly inputs: UNetInputs;
}

/** The value per block of an option that a config gives once for all blocks or as a list. */
function perBlock<T>(option: T | readonly T[], block: number): T {
  return Array.isArray(option) ? (option[block] as T) : (option as T);
}

/** SD1.x and SD2.x configs give the number of heads as `attention_head_dim` (diffusers issue 2011). */
function headsOf(config: UNetConfig, block: number): number {
  return perBlock(config.num_attention_heads ?? config.attention_head_dim, block);
}

function unetResnet(layers: Layers, x: Value, { config, time }: BlockContext): Value {
  return resnet(layers, x, { groups: config.norm_num_groups, epsilon: config.norm_eps, time });
}

/** The transformer of a block; `block` counts from the outside in. */
function unetTransformer(layers: Layers, x: Value, block: number, { config, inputs }: BlockContext): Value {
  return transformer(layers, x, {
    heads: headsOf(config, block),
    depth: perBlock(config.transformer_layers_per_block, block),
    groups: config.norm_num_groups,
    linearProjection: config.use_linear_projection,
    context: inputs.encoder_hidden_states,
  });
}

/** Down blocks: appends the result of each layer to `skips` for the way up, and returns the last. */
export function downBlocks(layers: Layers, x: Value, skips: Value[], context: BlockContext): Value {
  const { config } = context;
  let hidden = x;
  for (const [block, type] of config.down_block_types.entries()) {
    layers.module(`down_blocks.${block}`, (down) => {
      for (let i = 0; i < perBlock(config.layers_per_block, block); i++) {
        hidden = down.module(`resnets.${i}`, (m) => unetResnet(m, hidden, context));
        if (type === "CrossAttnDownBlock2D")
          hidden = down.module(`attentions.${i}`, (m) => unetTransformer(m, hidden, block, context));
        skips.push(hidden);
      }
      if (block === config.down_block_types.length - 1) return;
      hidden = down.conv("downsamplers.0.conv", hidden, { stride: 2, padding: config.downsample_padding });
      skips.push(hidden);
    });
  }
  return hidden;
}

export function midBlock(layers: Layers, x: Value, context: BlockContext): Value {
  const innermost = context.config.down_block_types.length - 1;
  return layers.module("mid_block", (mid) => {
    let hidden = mid.module("resnets.0", (m) => unetResnet(m, x, context));
    hidden = mid.module("attentions.0", (m) => unetTransformer(m, hidden, innermost, context));
    return mid.module("resnets.1", (m) => unetResnet(m, hidden, context));
  });
}

/** Up blocks: each layer reads one of `skips`, last first; upsampling goes to the size of the next skip. */
export function upBlocks(layers: Layers, x: Value, skips: Value[], context: BlockContext): Value {
  const { config } = context;
  const last = config.up_block_types.length - 1;
  let hidden = x;
  for (const [block, type] of config.up_block_types.entries()) {
    layers.module(`up_blocks.${block}`, (up) => {
      for (let i = 0; i <= perBlock(config.layers_per_block, last - block); i++) {
        hidden = up.op("Concat", [hidden, skips.pop()], { axis: int(1) });
        hidden = up.module(`resnets.${i}`, (m) => unetResnet(m, hidden, context));
        if (type === "CrossAttnUpBlock2D")
          hidden = up.module(`attentions.${i}`, (m) => unetTransformer(m, hidden, last - block, context));
      }
      const next = skips.at(-1);
      if (block === last || !next) return;
      hidden = up.upsample(hidden, next.shape[2]!, next.shape[3]!);
      hidden = up.conv("upsamplers.0.conv", hidden, { padding: 1 });
    });
  }
  return hidden;
}
