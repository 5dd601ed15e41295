import type { RgbImage } from "@sunstep/image";

/** How the first image is enlarged: its latents bilinearly (AUTOMATIC1111's "Latent"), or its pixels by Lanczos. */
export type HiresUpscaler = "latent" | "lanczos";

/** A second run over the enlarged image of the first, as AUTOMATIC1111's "Hires. fix". */
export interface HiresOptions {
  /** Size of the result in sizes of the first image. Default 2. */
  readonly scale?: number;
  /** How much of the enlarged image changes, above 0 to 1. Default 0.7. */
  readonly strength?: number;
  /** Steps that the second run makes. Default: as many as the first. */
  readonly steps?: number;
  /** Default "latent", which needs a strength of some 0.5 and more to be sharp. */
  readonly upscaler?: HiresUpscaler;
}

/** With every choice made. */
export interface Hires extends Required<HiresOptions> {
  readonly width: number;
  readonly height: number;
}

/** The results of a first run, enlarged: latents of all images, or the images. */
export type Enlarged =
  | { readonly latents: Float32Array; readonly images?: never }
  | { readonly images: readonly RgbImage[]; readonly latents?: never };
