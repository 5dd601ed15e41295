import type { Architecture } from "@sunstep/checkpoint";

/**
 * The number that AUTOMATIC1111 and ComfyUI give to the state that a model takes by itself, counted from the last one:
 * Stable Diffusion XL takes the one before it.
 */
export function firstClipSkip(architecture: Architecture | undefined): number {
  return architecture === "sdxl" ? 2 : 1;
}
