// Derives the configs that single files lack from the shapes of their weights. Shapes do not tell the numbers of heads
// and of norm groups: those follow the rules that all published Stable Diffusion models keep.

import type { Architecture } from "../checkpoint.js";
import { type ClipTextConfig, WITH_PROJECTION } from "../config/clip-text.js";
import type { ControlNetConfig } from "../config/controlnet.js";
import { scalingFactors } from "../config/scaling-factors.js";
import type { TransformerDepths, UNetConfig } from "../config/unet.js";
import { SIZE_NUMBERS } from "../config/unet-blocks.js";
import type { VaeConfig } from "../config/vae.js";
import type { Weights } from "../weights.js";
import { diffusersUNetLayout, numbersAfter } from "./unet-names.js";

/** Channels of an attention head where width decides the number of heads: SD 2.x, SD XL, CLIP, OpenCLIP. */
const HEAD_CHANNELS = 64;
const SD1_HEADS = 8;
const NORM_GROUPS = 32;

/** `pooledWidth`: the width of the pooled text, of a U-Net with added conditioning. */
export function deriveUNetConfig(weights: Weights, pooledWidth = 0): UNetConfig {
  const names = new Set(weights.names());
  const size = (name: string, axis: number) => weights.get(`${name}.weight`).shape[axis]!;
  const { blocks, layers, upAttention } = diffusersUNetLayout(names);
  const every = Array.from({ length: blocks }, (_, block) => block);
  const hasAttention = (block: number) => names.has(`down_blocks.${block}.attentions.0.proj_in.weight`);
  const channels = every.map((block) => size(`down_blocks.${block}.resnets.0.conv1`, 0));
  const transformer = firstTransformer(weights);
  const hasWayUp = names.has("conv_out.weight");
  const linear = weights.get(`${transformer}.proj_in.weight`).shape.length === 2;
  const added = names.has("add_embedding.linear_1.weight") ? size("add_embedding.linear_1", 1) : null;
  return {
    in_channels: size("conv_in", 1),
    // A ControlNet has the way down only.
    out_channels: hasWayUp ? size("conv_out", 0) : size("conv_in", 1),
    block_out_channels: channels,
    down_block_types: every.map((block) => (hasAttention(block) ? "CrossAttnDownBlock2D" : "DownBlock2D")),
    up_block_types: every.map((block) => (upAttention(block) ? "CrossAttnUpBlock2D" : "UpBlock2D")),
    mid_block_type: midBlockType(names),
    layers_per_block: layers,
    ...transformerDepths(names, blocks, layers),
    only_cross_attention: false,
    cross_attention_dim: size(`${transformer}.transformer_blocks.0.attn2.to_k`, 1),
    attention_head_dim: linear
      ? channels.map((width) => Math.max(1, Math.round(width / HEAD_CHANNELS)))
      : SD1_HEADS,
    num_attention_heads: null,
    use_linear_projection: linear,
    norm_num_groups: normGroups(weights, /(^conv_norm_out|\.norm|resnets\.\d+\.norm[12])\.weight$/),
    norm_eps: 1e-5,
    conv_in_kernel: size("conv_in", 2),
    conv_out_kernel: size(hasWayUp ? "conv_out" : "conv_in", 2),
    downsample_padding: 1,
    flip_sin_to_cos: true,
    freq_shift: 0,
    sample_size: 64,
    center_input_sample: false,
    addition_embed_type: added === null ? null : "text_time",
    addition_time_embed_dim: added && Math.floor((added - pooledWidth) / SIZE_NUMBERS),
    projection_class_embeddings_input_dim: added,
    time_cond_proj_dim: names.has("time_embedding.cond_proj.weight")
      ? size("time_embedding.cond_proj", 1)
      : null,
  };
}

/**
 * Distilled models leave the middle block out (BK-SDM, arXiv 2305.15798; SDXS, arXiv 2403.16627) or all of it but one
 * residual block (SSD-1B, Segmind-Vega; arXiv 2401.02677).
 */
function midBlockType(names: ReadonlySet<string>): UNetConfig["mid_block_type"] {
  if (!names.has("mid_block.resnets.0.conv1.weight")) return null;
  return names.has("mid_block.attentions.0.proj_in.weight") ? "UNetMidBlock2DCrossAttn" : "UNetMidBlock2D";
}

/** The depths of all transformers, in the shortest form: one number, one for each block, or one for each layer. */
function transformerDepths(
  names: ReadonlySet<string>,
  blocks: number,
  layers: number,
): Pick<UNetConfig, "transformer_layers_per_block" | "reverse_transformer_layers_per_block"> {
  const depth = (module: string) =>
    names.has(`${module}.proj_in.weight`) ? numbersAfter(names, `${module}.transformer_blocks`).length : 1;
  const depthsOf = (side: string, count: number): TransformerDepths[] =>
    Array.from({ length: blocks }, (_, block) => {
      const each = Array.from({ length: count }, (_, layer) =>
        depth(`${side}_blocks.${block}.attentions.${layer}`),
      );
      return each.every((one) => one === each[0]) ? each[0]! : each;
    });
  const down = depthsOf("down", layers);
  const up = depthsOf("up", layers + 1);
  const all = [...down, ...up];
  if (all.every((one) => one === 1))
    return { transformer_layers_per_block: 1, reverse_transformer_layers_per_block: null };
  const mirrored = down.every((one, block) => typeof one === "number" && one === up[blocks - 1 - block]);
  return {
    transformer_layers_per_block: down,
    reverse_transformer_layers_per_block: mirrored ? null : up,
  };
}

/** The module of a transformer: all of a U-Net have the same kind of projections and read the same context. */
function firstTransformer(weights: Weights): string {
  const projection = weights.names().find((name) => /\.attentions\.\d+\.proj_in\.weight$/.test(name));
  return projection?.slice(0, -".proj_in.weight".length) ?? "mid_block.attentions.0";
}

/** Width of the pooled text in Stable Diffusion XL: OpenCLIP ViT-bigG. */
const XL_POOLED_WIDTH = 1280;

export function deriveControlNetConfig(weights: Weights): ControlNetConfig {
  const embedding = "controlnet_cond_embedding";
  const size = (name: string, axis: number) => weights.get(`${embedding}.${name}.weight`).shape[axis]!;
  const halvings = numbersAfter(weights.names(), `${embedding}.blocks`).filter((block) => block % 2 === 1);
  return {
    ...deriveUNetConfig(weights, XL_POOLED_WIDTH),
    reverse_transformer_layers_per_block: null,
    conditioning_channels: size("conv_in", 1),
    conditioning_embedding_out_channels: [
      size("conv_in", 0),
      ...halvings.map((block) => size(`blocks.${block}`, 0)),
    ],
    controlnet_conditioning_channel_order: "rgb",
  };
}

export function deriveVaeConfig(weights: Weights, architecture: Architecture = "sd1"): VaeConfig {
  const names = weights.names();
  const size = (name: string, axis: number) => weights.get(`${name}.weight`).shape[axis]!;
  const blocks = numbersAfter(names, "encoder.down_blocks");
  return {
    in_channels: size("encoder.conv_in", 1),
    out_channels: size("decoder.conv_out", 0),
    latent_channels: size("decoder.conv_in", 1),
    block_out_channels: blocks.map((block) => size(`encoder.down_blocks.${block}.resnets.0.conv1`, 0)),
    down_block_types: blocks.map(() => "DownEncoderBlock2D"),
    up_block_types: blocks.map(() => "UpDecoderBlock2D"),
    layers_per_block: numbersAfter(names, "encoder.down_blocks.0.resnets").length,
    norm_num_groups: normGroups(weights, /norm\w*\.weight$/),
    scaling_factor: scalingFactors[architecture],
    force_upcast: true,
    mid_block_add_attention: weights.has("encoder.mid_block.attentions.0.to_q.weight"),
    use_quant_conv: weights.has("quant_conv.weight"),
    use_post_quant_conv: weights.has("post_quant_conv.weight"),
  };
}

/** `kind`: OpenCLIP's encoders have another activation; the second of Stable Diffusion XL projects its pooled state. */
export function deriveClipTextConfig(
  weights: Weights,
  kind: "clip" | "open-clip" | "open-clip-projection",
): ClipTextConfig {
  const shape = (name: string) => weights.get(`text_model.${name}.weight`).shape;
  const [vocabulary = 0, hidden = 0] = shape("embeddings.token_embedding");
  const projected =
    kind === "open-clip-projection" ? weights.get("text_projection.weight").shape[0]! : undefined;
  return {
    ...(projected !== undefined && { architectures: [WITH_PROJECTION] }),
    vocab_size: vocabulary,
    hidden_size: hidden,
    intermediate_size: shape("encoder.layers.0.mlp.fc1")[0]!,
    num_hidden_layers: numbersAfter(weights.names(), "text_model.encoder.layers").length,
    num_attention_heads: Math.max(1, Math.round(hidden / HEAD_CHANNELS)),
    max_position_embeddings: shape("embeddings.position_embedding")[0]!,
    hidden_act: kind === "clip" ? "quick_gelu" : "gelu",
    layer_norm_eps: 1e-5,
    projection_dim: projected ?? (kind === "clip" ? hidden : 512),
    // As the published configs have it: their pooled output is taken where ids are largest.
    eos_token_id: 2,
  };
}

/** The widths that Stable Diffusion's U-Nets have; any other may also have other heads. */
const PUBLISHED_WIDTHS: readonly string[] = ["320,640,1280,1280", "320,640,1280"];

export function hasPublishedWidths(config: UNetConfig): boolean {
  return PUBLISHED_WIDTHS.includes(config.block_out_channels.join());
}

/** The text encoders of CLIP ViT-L, OpenCLIP ViT-H and OpenCLIP ViT-bigG. */
export const PUBLISHED_TEXT_WIDTHS: readonly number[] = [768, 1024, 1280];

/** 32, or where a tiny model's widths are no multiples of that, their greatest common divisor. */
function normGroups(weights: Weights, norms: RegExp): number {
  return weights
    .names()
    .filter((name) => norms.test(name) && !name.includes("transformer_blocks"))
    .map((name) => weights.get(name).shape[0]!)
    .reduce(greatestCommonDivisor, NORM_GROUPS);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
