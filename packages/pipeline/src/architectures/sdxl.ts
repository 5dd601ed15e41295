import { hasTextProjection } from "@sunstep/checkpoint";
import { buildTextEncoder } from "@sunstep/networks";
import { type Tensor, tensor } from "@sunstep/tensor";
import type { SizeConditioning } from "../request/size-conditioning.js";
import type { ArchitectureRule } from "./architecture.js";
import { stableDiffusion } from "./sd.js";
import { xlOptions } from "./xl-options.js";

/**
 * Stable Diffusion XL (arXiv 2307.01952): the U-Net attends to the last but one states of two text encoders side by side,
 * without their final norm. The pooled text of the second and the sizes of the image are added to its time embedding.
 */
export const stableDiffusionXl: ArchitectureRule = {
  buildTextEncoder: ({ config, weights }, { tokens, clipSkip }) =>
    buildTextEncoder({
      config,
      weights,
      batch: 1,
      tokens,
      clipSkip: 1 + clipSkip,
      finalNorm: false,
      textEmbeds: hasTextProjection(config),
    }),
  hiddenStates: "last_hidden_state",
  pooled: "text_embeds",
  // As diffusers' StableDiffusionXLPipeline.encode_prompt.
  keepsNegativeLayers: true,
  upcastsVae: true,
  options: xlOptions,
  conditioning: (encoded, size) => ({
    encoder_hidden_states: sideBySide(encoded.map(({ hiddenStates }) => hiddenStates)),
    text_embeds: encoded.at(-1)!.pooled!,
    time_ids: timeIds(size),
  }),
  buildUNet: stableDiffusion.buildUNet,
};

/** diffusers' order: original height and width, crop top and left, target height and width. */
function timeIds({ originalSize, cropTopLeft, targetSize }: SizeConditioning): Tensor<"float32"> {
  const numbers = [
    originalSize.height,
    originalSize.width,
    cropTopLeft.top,
    cropTopLeft.left,
    targetSize.height,
    targetSize.width,
  ];
  return tensor(Float32Array.from(numbers), [1, numbers.length]);
}

/** Joins the states of several text encoders, [1, tokens, channels] each, along their channels. */
function sideBySide(states: readonly Tensor<"float32">[]): Tensor<"float32"> {
  const [first, ...others] = states;
  if (others.length === 0) return first!;
  const tokens = first!.shape[1]!;
  const channels = states.reduce((sum, { shape }) => sum + shape[2]!, 0);
  const joined = new Float32Array(tokens * channels);
  let column = 0;
  for (const { data, shape } of states) {
    const width = shape[2]!;
    for (let token = 0; token < tokens; token++)
      joined.set(data.subarray(token * width, (token + 1) * width), token * channels + column);
    column += width;
  }
  return tensor(joined, [1, tokens, channels]);
}
