import { int, string, type Value } from "@sunstep/onnx-graph";
import { attention, diffusersProjections } from "../attention.js";
import type { Layers } from "../layers.js";

export interface TransformerOptions {
  readonly heads: number;
  readonly depth: number;
  readonly groups: number;
  /** proj_in and proj_out are linear layers (SD2.x, SDXL) instead of 1x1 convolutions (SD1.x). */
  readonly linearProjection: boolean;
  /** Encoded prompt, [batch, tokens, context channels]. */
  readonly context: Value;
}

const GROUP_NORM_EPSILON = 1e-6;
const LAYER_NORM_EPSILON = 1e-5;

/** diffusers models/transformers/transformer_2d.py: x [batch, channels, h, w] -> the same shape. */
export function transformer(layers: Layers, module: string, x: Value, options: TransformerOptions): Value {
  const { groups, linearProjection, depth } = options;
  const [, , height = 1, width = 1] = x.shape;
  const normed = layers.groupNorm(`${module}.norm`, x, { groups, epsilon: GROUP_NORM_EPSILON });
  let tokens = linearProjection
    ? layers.linear(`${module}.proj_in`, layers.toTokens(module, normed))
    : layers.toTokens(module, layers.conv(`${module}.proj_in`, normed));
  for (let i = 0; i < depth; i++)
    tokens = transformerBlock(layers, `${module}.transformer_blocks.${i}`, tokens, options);
  const projected = linearProjection
    ? layers.fromTokens(module, layers.linear(`${module}.proj_out`, tokens), height, width)
    : layers.conv(`${module}.proj_out`, layers.fromTokens(module, tokens, height, width));
  return layers.add(`${module}.residual`, projected, x);
}

/** diffusers models/attention.py, BasicTransformerBlock: self-attention, cross-attention, gated feed-forward. */
function transformerBlock(
  layers: Layers,
  module: string,
  x: Value,
  { heads, context }: TransformerOptions,
): Value {
  const norm1 = layers.layerNorm(`${module}.norm1`, x, LAYER_NORM_EPSILON);
  const selfAttention = attention(
    layers,
    `${module}.attn1`,
    diffusersProjections(`${module}.attn1`),
    norm1,
    norm1,
    { heads },
  );
  const afterSelf = layers.add(`${module}.attn1.residual`, selfAttention, x);
  const norm2 = layers.layerNorm(`${module}.norm2`, afterSelf, LAYER_NORM_EPSILON);
  const crossAttention = attention(
    layers,
    `${module}.attn2`,
    diffusersProjections(`${module}.attn2`),
    norm2,
    context,
    { heads },
  );
  const afterCross = layers.add(`${module}.attn2.residual`, crossAttention, afterSelf);
  const norm3 = layers.layerNorm(`${module}.norm3`, afterCross, LAYER_NORM_EPSILON);
  return layers.add(`${module}.ff.residual`, feedForward(layers, `${module}.ff`, norm3), afterCross);
}

/** GEGLU (Shazeer 2020, arXiv 2002.05202): one projection gives the values and, through GELU, their gates. */
function feedForward(layers: Layers, module: string, x: Value): Value {
  const { graph } = layers;
  const projected = layers.linear(`${module}.net.0.proj`, x);
  const half = projected.shape.at(-1)! / 2;
  const gated = graph.scope(`${module}.net.0`, () => {
    const [values, gates] = graph.ops("Split", [projected, graph.ints([half, half])], 2, {
      axis: int(-1),
    }) as [Value, Value];
    return graph.op("Mul", [values, graph.op("Gelu", [gates], { approximate: string("none") })]);
  });
  return layers.linear(`${module}.net.2`, gated);
}
