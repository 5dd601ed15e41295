// Latents with the images that the VAE decodes from them.
import type { Component, VaeConfig } from "@sunstep/checkpoint";
import type { TrainingData } from "@sunstep/distillation";
import { imageToTensor, type RgbImage, tensorToImages } from "@sunstep/image";
import { buildVaeDecoder } from "@sunstep/networks";
import type { Runtime } from "@sunstep/runtime";
import { type Tensor, TorchGenerator, tensor } from "@sunstep/tensor";

export interface Pair {
  /** [4, height, width], scaled as the U-Net takes them. */
  readonly latents: Float32Array;
  readonly image: RgbImage;
}

export interface Latents {
  readonly training: readonly Float32Array[];
  /** Pairs of held-out images. */
  readonly heldOut: readonly Float32Array[];
}

/** Share of the training latents that mix two images, like a sampler's early predictions. */
const MIXED = 0.25;

/** Draws latents for training, and others for measuring. */
export async function drawLatents(
  data: TrainingData,
  counts: { readonly training: number; readonly heldOut: number },
  seed: number,
): Promise<Latents> {
  const random = new TorchGenerator(seed);
  const order = random.randperm(data.entries.length);
  const heldOut = await Promise.all(Array.from(order.subarray(0, counts.heldOut), data.latents));
  const rest = order.subarray(counts.heldOut);
  const training: Float32Array[] = [];
  for (let i = 0; i < counts.training; i++) {
    const latents = await data.latents(rest[i % rest.length]!);
    const [mixed = 1, place = 0, share = 0] = random.randFloat64(3);
    if (mixed >= MIXED) training.push(latents);
    else {
      const other = await data.latents(rest[Math.floor(place * rest.length)]!);
      training.push(latents.map((value, j) => share * value + (1 - share) * other[j]!));
    }
  }
  return { training, heldOut };
}

/** Decodes latents with the VAE. `shape` is that of one image's latents. */
export async function decodeAll(
  vae: Component<VaeConfig>,
  runtime: Runtime,
  latents: readonly Float32Array[],
  shape: readonly [number, number, number],
): Promise<readonly Pair[]> {
  const [channels, height, width] = shape;
  const session = await runtime.load(buildVaeDecoder({ ...vae, batch: 1, height, width }));
  const pairs: Pair[] = [];
  for (const one of latents) {
    const unscaled = one.map((value) => value / vae.config.scaling_factor);
    const { sample } = await session.run({ latent_sample: tensor(unscaled, [1, channels, height, width]) });
    pairs.push({ latents: one, image: tensorToImages(sample as Tensor<"float32">)[0]! });
  }
  await session.dispose();
  return pairs;
}

/** Batches of `size` pairs; the n-th one depends on the seed and n alone. */
export function pairBatches(
  pairs: readonly Pair[],
  shape: readonly [number, number, number],
  size: number,
  seed: number,
): (step: number) => Record<string, Tensor> {
  const [channels, height, width] = shape;
  return (step) => {
    const drawn = new TorchGenerator(seed * 1_000_003 + step).randint(0, pairs.length, size);
    const latents = new Float32Array(size * channels * height * width);
    const images = new Float32Array(size * 3 * 64 * height * width);
    drawn.forEach((index, i) => {
      const pair = pairs[Number(index)]!;
      latents.set(pair.latents, (i * latents.length) / size);
      images.set(imageToTensor(pair.image).data, (i * images.length) / size);
    });
    return {
      latents: tensor(latents, [size, channels, height, width]),
      images: tensor(images, [size, 3, 8 * height, 8 * width]),
    };
  };
}
