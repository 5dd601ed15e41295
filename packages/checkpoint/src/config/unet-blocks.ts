// Options of a U-Net's config that are given once for all blocks, or as a list.

import type { TransformerDepths, UNetConfig } from "./unet-config.js";

/** The value for a block of an option that a config gives once for all blocks or as a list. */
export function perBlock<T extends number | boolean | string>(option: T | readonly T[], block: number): T {
  return typeof option === "object" ? option[block]! : option;
}

/** The depth of the transformer after layer `layer` of down block `block`. */
export function downDepth(
  { transformer_layers_per_block }: UNetConfig,
  block: number,
  layer: number,
): number {
  return depthOf(transformer_layers_per_block, block, layer);
}

/** The depth of the middle block's transformer. */
export function midDepth(config: UNetConfig): number {
  return downDepth(config, config.block_out_channels.length - 1, 0);
}

/** The depth of the transformer after layer `layer` of up block `block`, the innermost of which is 0. */
export function upDepth(config: UNetConfig, block: number, layer: number): number {
  const { transformer_layers_per_block: down, reverse_transformer_layers_per_block: up } = config;
  return up ? depthOf(up, block, layer) : depthOf(down, config.block_out_channels.length - 1 - block, layer);
}

function depthOf(depths: number | readonly TransformerDepths[], block: number, layer: number): number {
  const depth = typeof depths === "number" ? depths : depths[block]!;
  return typeof depth === "number" ? depth : depth[layer]!;
}

/** Numbers of an image's size conditioning: original height and width, crop top and left, target height and width. */
export const SIZE_NUMBERS = 6;

/** The width of the pooled text that a U-Net with added conditioning takes. */
export function pooledWidth({
  projection_class_embeddings_input_dim: all,
  addition_time_embed_dim: size,
}: UNetConfig): number {
  return (all ?? 0) - SIZE_NUMBERS * (size ?? Number.POSITIVE_INFINITY);
}
