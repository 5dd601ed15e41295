// Compares a tiny autoencoder with the VAE on held-out images.
import type { Component, TaesdConfig } from "@sunstep/checkpoint";
import { imageToTensor, type RgbImage, tensorToImages } from "@sunstep/image";
import { buildTaesdDecoder, buildTaesdEncoder } from "@sunstep/networks";
import type { Runtime } from "@sunstep/runtime";
import { type Tensor, tensor } from "@sunstep/tensor";
import { peakSignalToNoise, structuralSimilarity } from "../evaluate/measures/similarity.js";
import type { Pair } from "./pairs.js";

export interface Measured {
  /** Means over images, decoder against VAE. */
  readonly psnr: number;
  readonly ssim: number;
  /** Root mean square between the encoder's and the given latents, whose variance is about 1. */
  readonly encoderError: number;
  /** Images of the first pairs, alternately by the VAE and the decoder. */
  readonly shown: readonly RgbImage[];
}

const SHOWN = 24;

export async function measure(
  taesd: Component<TaesdConfig>,
  runtime: Runtime,
  pairs: readonly Pair[],
  [channels, height, width]: readonly [number, number, number],
): Promise<Measured> {
  const decoder = await runtime.load(buildTaesdDecoder({ ...taesd, batch: 1, height, width }));
  const encoder = await runtime.load(
    buildTaesdEncoder({ ...taesd, batch: 1, height: 8 * height, width: 8 * width }),
  );
  let [psnr, ssim, squares] = [0, 0, 0];
  const shown: RgbImage[] = [];
  for (const { latents, image } of pairs) {
    const { sample } = await decoder.run({ latents: tensor(latents, [1, channels, height, width]) });
    const { latents: encoded } = await encoder.run({ sample: imageToTensor(image) });
    const decoded = tensorToImages(sample as Tensor<"float32">)[0]!;
    psnr += peakSignalToNoise(decoded, image);
    ssim += structuralSimilarity(decoded, image);
    (encoded as Tensor<"float32">).data.forEach((value, i) => {
      squares += (value - latents[i]!) ** 2 / latents.length;
    });
    if (shown.length < 2 * SHOWN) shown.push(image, decoded);
  }
  await Promise.all([decoder.dispose(), encoder.dispose()]);
  const count = pairs.length;
  return { psnr: psnr / count, ssim: ssim / count, encoderError: Math.sqrt(squares / count), shown };
}
