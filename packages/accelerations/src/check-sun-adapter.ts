import type { Component, UNetConfig } from "@sunstep/checkpoint";
import { stableDiffusion } from "@sunstep/pipeline";
import { addSunAdapter, type SunAdapter } from "@sunstep/sun-adapter";

/** Adapters fit the widths of layers, so any size does: this is the smallest that every U-Net can halve three times. */
const SMALLEST = { batch: 1, height: 8, width: 8 };
const TOKENS = 77;

/**
 * Checks that an adapter fits a U-Net. Only the graph is made, and no weight is read.
 * @throws SunstepError SUN_SHAPE naming both shapes, SUN_LAYERS
 */
export function checkSunAdapter(unet: Component<UNetConfig>, adapter: SunAdapter): void {
  const inputs = { encoder_hidden_states: [1, TOKENS, unet.config.cross_attention_dim] };
  addSunAdapter(adapter).run(stableDiffusion.buildUNet(unet, { ...SMALLEST, inputs }));
}
