import type { Architecture } from "../checkpoint.js";

/** Factors of latents in the VAE configs of published models. */
export const scalingFactors: Readonly<Record<Architecture, number>> = {
  sd1: 0.18215,
  sd2: 0.18215,
  sdxl: 0.13025,
};
