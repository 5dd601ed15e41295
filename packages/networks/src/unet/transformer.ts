import { int, type Value } from "@sunstep/onnx-graph";
import { attention } from "../attention.js";
import type { Layers } from "../layers.js";

export interface TransformerOptions {
  readonly heads: number;
  readonly depth: number;
  /** The first attention reads the prompt too, instead of the image. */
  readonly onlyCross: boolean;
  readonly groups: number;
  /** proj_in and proj_out are linear layers (SD2.x, SDXL) instead of 1x1 convolutions (SD1.x). */
  readonly linearProjection: boolean;
  /** Encoded prompt, [batch, tokens, context channels]. */
  readonly context: Value;
}

const GROUP_NORM_EPSILON = 1e-6;
const LAYER_NORM_EPSILON = 1e-5;

/** diffusers models/transformers/transformer_2d.py: x [batch, channels, h, w] -> the same shape. */
export function transformer(layers: Layers, x: Value, options: TransformerOptions): Value {
  const { groups, linearProjection, depth } = options;
  const [, , height = 1, width = 1] = x.shape;
  const normed = layers.groupNorm("norm", x, { groups, epsilon: GROUP_NORM_EPSILON });
  let tokens = linearProjection
    ? layers.linear("proj_in", layers.toTokens(normed))
    : layers.toTokens(layers.conv("proj_in", normed));
  for (let i = 0; i < depth; i++)
    tokens = layers.module(`transformer_blocks.${i}`, (block) => transformerBlock(block, tokens, options));
  const projected = linearProjection
    ? layers.fromTokens(layers.linear("proj_out", tokens), height, width)
    : layers.conv("proj_out", layers.fromTokens(tokens, height, width));
  return layers.add(projected, x);
}

/** diffusers models/attention.py, BasicTransformerBlock: self-attention, cross-attention, gated feed-forward. */
function transformerBlock(
  layers: Layers,
  x: Value,
  { heads, context, onlyCross }: TransformerOptions,
): Value {
  const norm = (name: string, value: Value) => layers.layerNorm(name, value, LAYER_NORM_EPSILON);
  const norm1 = norm("norm1", x);
  let hidden = layers.add(
    layers.module("attn1", (attn1) => attention(attn1, norm1, { heads, ...(onlyCross && { context }) })),
    x,
  );
  const norm2 = norm("norm2", hidden);
  hidden = layers.add(
    layers.module("attn2", (attn2) => attention(attn2, norm2, { heads, context })),
    hidden,
  );
  const norm3 = norm("norm3", hidden);
  return layers.add(
    layers.module("ff", (ff) => feedForward(ff, norm3)),
    hidden,
  );
}

/** GEGLU (Shazeer 2020, arXiv 2002.05202): one projection gives the values and, through GELU, their gates. */
function feedForward(layers: Layers, x: Value): Value {
  const { graph } = layers;
  const projected = layers.linear("net.0.proj", x);
  const half = projected.shape.at(-1)! / 2;
  const [values, gates] = layers.scope(() =>
    graph.ops("Split", [projected, graph.ints([half, half])], 2, { axis: int(-1) }),
  ) as [Value, Value];
  const gated = layers.op("Mul", [values, layers.gelu(gates)]);
  return layers.linear("net.2", gated);
}
