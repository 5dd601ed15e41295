/** Latent channels of Stable Diffusion 1.x and 2.x. */
const LATENTS = 4;

/** Models whose U-Nets read more than noisy latents and are not supported, by the number of further channels. */
const MODELS: Readonly<Record<number, string>> = {
  1: "a depth-to-image model",
  3: "an upscaler",
  4: "a model that edits or varies an image (InstructPix2Pix, Zero123)",
};

/**
 * Names the kind of model whose U-Net has this many input channels; undefined where they are latents, or latents, a mask
 * and a masked image (inpainting).
 */
export function unsupportedInputs(channels: number, latents = LATENTS): string | undefined {
  if (channels === latents || channels === 2 * latents + 1) return undefined;
  return MODELS[channels - latents] ?? `a model of ${channels} input channels`;
}
