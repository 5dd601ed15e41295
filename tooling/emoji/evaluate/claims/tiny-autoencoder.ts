// Compares the tiny autoencoder's images with the VAE's of the same latents.

import type { ImageSet } from "../images/gallery.js";
import { peakSignalToNoise, structuralSimilarity } from "../measures/similarity.js";
import { bootstrap, type Estimate, meanOf } from "../statistics/bootstrap.js";

/** Means over images. */
export interface TinyAutoencoder {
  readonly images: number;
  /** In decibels. */
  readonly psnr: Estimate;
  readonly ssim: Estimate;
}

/** Compares two sets decoded from the same latents. */
export async function tinyAutoencoder(vae: ImageSet, tiny: ImageSet): Promise<TinyAutoencoder> {
  const images = vae.size;
  const [psnrs, ssims]: [number[], number[]] = [[], []];
  for (let index = 0; index < images; index++) {
    const [wanted, got] = [await vae.image(index), await tiny.image(index)];
    psnrs.push(peakSignalToNoise(wanted, got));
    ssims.push(structuralSimilarity(wanted, got));
  }
  const { psnr, ssim } = bootstrap(images, (indices) => ({
    psnr: meanOf(psnrs, indices),
    ssim: meanOf(ssims, indices),
  }));
  return { images, psnr: psnr!, ssim: ssim! };
}
