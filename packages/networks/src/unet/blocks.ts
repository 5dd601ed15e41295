import type { UNetConfig } from "@sunstep/checkpoint";
import type { Value } from "@sunstep/onnx-graph";
import type { Layers } from "../layers.js";
import { resnet } from "../resnet.js";
import { transformer } from "./transformer.js";

/** What every block of a U-Net is given besides its input. */
export interface UNetConditioning {
  /** SiLU of the time embedding, [batch, 4 * width]. */
  readonly time: Value;
  /** Encoded prompt, [batch, tokens, context channels]. */
  readonly context: Value;
}

/** The value per block of an option that a config gives once for all blocks or as a list. */
function perBlock<T>(option: T | readonly T[], block: number): T {
  return Array.isArray(option) ? (option[block] as T) : (option as T);
}

/** SD1.x and SD2.x configs give the number of heads as `attention_head_dim` (diffusers issue 2011). */
function headsOf(config: UNetConfig, block: number): number {
  return perBlock(config.num_attention_heads ?? config.attention_head_dim, block);
}

function emitResnet(
  layers: Layers,
  module: string,
  x: Value,
  config: UNetConfig,
  { time }: UNetConditioning,
): Value {
  return resnet(layers, module, x, { groups: config.norm_num_groups, epsilon: config.norm_eps, time });
}

function emitTransformer(
  layers: Layers,
  module: string,
  x: Value,
  config: UNetConfig,
  block: number,
  { context }: UNetConditioning,
): Value {
  return transformer(layers, module, x, {
    heads: headsOf(config, block),
    depth: perBlock(config.transformer_layers_per_block, block),
    groups: config.norm_num_groups,
    linearProjection: config.use_linear_projection,
    context,
  });
}

/** Down blocks: appends what each layer gives to `skips` for the way up, and returns the last. */
export function downBlocks(
  layers: Layers,
  config: UNetConfig,
  x: Value,
  skips: Value[],
  conditioning: UNetConditioning,
): Value {
  let hidden = x;
  for (const [block, type] of config.down_block_types.entries()) {
    const module = `down_blocks.${block}`;
    for (let i = 0; i < perBlock(config.layers_per_block, block); i++) {
      hidden = emitResnet(layers, `${module}.resnets.${i}`, hidden, config, conditioning);
      if (type === "CrossAttnDownBlock2D") {
        hidden = emitTransformer(layers, `${module}.attentions.${i}`, hidden, config, block, conditioning);
      }
      skips.push(hidden);
    }
    if (block < config.down_block_types.length - 1) {
      hidden = layers.conv(`${module}.downsamplers.0.conv`, hidden, {
        stride: 2,
        padding: config.downsample_padding,
      });
      skips.push(hidden);
    }
  }
  return hidden;
}

export function midBlock(
  layers: Layers,
  config: UNetConfig,
  x: Value,
  conditioning: UNetConditioning,
): Value {
  const last = config.down_block_types.length - 1;
  const first = emitResnet(layers, "mid_block.resnets.0", x, config, conditioning);
  const attended = emitTransformer(layers, "mid_block.attentions.0", first, config, last, conditioning);
  return emitResnet(layers, "mid_block.resnets.1", attended, config, conditioning);
}

/** Up blocks: each layer reads one of `skips`, last first; upsampling goes to the size of the next skip. */
export function upBlocks(
  layers: Layers,
  config: UNetConfig,
  x: Value,
  skips: Value[],
  conditioning: UNetConditioning,
): Value {
  const { graph } = layers;
  const last = config.up_block_types.length - 1;
  let hidden = x;
  for (const [block, type] of config.up_block_types.entries()) {
    const module = `up_blocks.${block}`;
    for (let i = 0; i <= perBlock(config.layers_per_block, last - block); i++) {
      const skip = skips.pop()!;
      const joined = graph.scope(`${module}.resnets.${i}.skip`, () =>
        graph.op("Concat", [hidden, skip], { axis: { type: "int", value: 1 } }),
      );
      hidden = emitResnet(layers, `${module}.resnets.${i}`, joined, config, conditioning);
      if (type === "CrossAttnUpBlock2D") {
        hidden = emitTransformer(
          layers,
          `${module}.attentions.${i}`,
          hidden,
          config,
          last - block,
          conditioning,
        );
      }
    }
    const next = skips.at(-1);
    if (block < last && next) {
      const larger = layers.upsample(`${module}.upsamplers.0`, hidden, next.shape[2]!, next.shape[3]!);
      hidden = layers.conv(`${module}.upsamplers.0.conv`, larger, { padding: 1 });
    }
  }
  return hidden;
}
