// How near the tiny autoencoder's pictures come to the VAE's of the same latents.
import { peakSignalToNoise, structuralSimilarity } from "../measures/similarity.js";
import type { PictureSet } from "../pictures/gallery.js";
import { bootstrap, type Estimate } from "../statistics/bootstrap.js";

/** Means over pictures. */
export interface TinyAutoencoder {
  readonly pictures: number;
  /** In decibels. */
  readonly psnr: Estimate;
  readonly ssim: Estimate;
}

/** Both sets are of the same latents. */
export async function tinyAutoencoder(vae: PictureSet, tiny: PictureSet): Promise<TinyAutoencoder> {
  const pictures = vae.features.length;
  const [psnrs, ssims]: [number[], number[]] = [[], []];
  for (let index = 0; index < pictures; index++) {
    const [wanted, got] = [await vae.image(index), await tiny.image(index)];
    psnrs.push(peakSignalToNoise(wanted, got));
    ssims.push(structuralSimilarity(wanted, got));
  }
  const mean = (values: readonly number[], indices: readonly number[]) =>
    indices.reduce((sum, index) => sum + values[index]!, 0) / indices.length;
  const { psnr, ssim } = bootstrap(pictures, (indices) => ({
    psnr: mean(psnrs, indices),
    ssim: mean(ssims, indices),
  }));
  return { pictures, psnr: psnr!, ssim: ssim! };
}
