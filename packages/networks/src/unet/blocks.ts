import { downDepth, midDepth, perBlock, type UNetConfig, upDepth } from "@sunstep/checkpoint";
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

/** Configs give the number of heads as `attention_head_dim` (diffusers issue 2011). */
function headsOf(config: UNetConfig, block: number): number {
  return perBlock(config.num_attention_heads ?? config.attention_head_dim, block);
}

function unetResnet(layers: Layers, x: Value, { config, time }: BlockContext): Value {
  return resnet(layers, x, { groups: config.norm_num_groups, epsilon: config.norm_eps, time });
}

interface Place {
  /** Counts from the outside in. */
  readonly block: number;
  readonly depth: number;
  /** diffusers' middle block has no such option. */
  readonly onlyCross: boolean;
}

/** The transformer of a block. */
function unetTransformer(layers: Layers, x: Value, place: Place, { config, inputs }: BlockContext): Value {
  const { block, depth, onlyCross } = place;
  return transformer(layers, x, {
    heads: headsOf(config, block),
    depth,
    onlyCross,
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
        if (type === "CrossAttnDownBlock2D") {
          const onlyCross = perBlock(config.only_cross_attention, block);
          const place = { block, depth: downDepth(config, block, i), onlyCross };
          hidden = down.module(`attentions.${i}`, (m) => unetTransformer(m, hidden, place, context));
        }
        skips.push(hidden);
      }
      if (block === config.down_block_types.length - 1) return;
      hidden = down.conv("downsamplers.0.conv", hidden, { stride: 2, padding: config.downsample_padding });
      skips.push(hidden);
    });
  }
  return hidden;
}

/** The middle block: a transformer between two residual blocks, one residual block, or nothing. */
export function midBlock(layers: Layers, x: Value, context: BlockContext): Value {
  const { config } = context;
  const place = { block: config.down_block_types.length - 1, depth: midDepth(config), onlyCross: false };
  if (config.mid_block_type === null) return x;
  return layers.module("mid_block", (mid) => {
    let hidden = mid.module("resnets.0", (m) => unetResnet(m, x, context));
    if (config.mid_block_type === "UNetMidBlock2D") return hidden;
    hidden = mid.module("attentions.0", (m) => unetTransformer(m, hidden, place, context));
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
        if (type === "CrossAttnUpBlock2D") {
          const onlyCross = perBlock(config.only_cross_attention, last - block);
          const place = { block: last - block, depth: upDepth(config, block, i), onlyCross };
          hidden = up.module(`attentions.${i}`, (m) => unetTransformer(m, hidden, place, context));
        }
      }
      const next = skips.at(-1);
      if (block === last || !next) return;
      hidden = up.upsample(hidden, next.shape[2]!, next.shape[3]!);
      hidden = up.conv("upsamplers.0.conv", hidden, { padding: 1 });
    });
  }
  return hidden;
}
