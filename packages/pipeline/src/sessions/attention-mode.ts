import { downsampleAttention } from "@sunstep/graph-passes";
import type { NetworkPasses } from "./network-name.js";

export const attentionModes = ["exact", "downsampled"] as const;

/** Keys and values that large self-attentions read: all, or averages of 2x2 positions. */
export type AttentionMode = (typeof attentionModes)[number];

/** Adds the pass of a mode to the networks that attend at each step, in front of their own passes. */
export function passesFor(mode: AttentionMode, passes: NetworkPasses): NetworkPasses {
  if (mode === "exact") return passes;
  const { unet = [], controlnet = [] } = passes;
  return {
    ...passes,
    unet: [downsampleAttention, ...unet],
    controlnet: [downsampleAttention, ...controlnet],
  };
}
