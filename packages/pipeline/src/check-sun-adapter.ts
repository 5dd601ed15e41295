import type { Component, UNetConfig } from "@sunstep/checkpoint";
import { buildUNet } from "@sunstep/networks";
import { addSunAdapter, type SunAdapter } from "@sunstep/sun-adapter";

/** Any size does: adapters fit widths. This is the smallest that every U-Net can halve three times. */
const SMALLEST = { batch: 1, height: 8, width: 8, tokens: 77 };

/**
 * Refuses an adapter that does not fit a U-Net. No weight is read: only the graph is made.
 * @throws SunstepError SUN_SHAPE naming both shapes, SUN_LAYERS
 */
export function checkSunAdapter(unet: Component<UNetConfig>, adapter: SunAdapter): void {
  addSunAdapter(adapter).run(buildUNet({ ...unet, ...SMALLEST }));
}
