import type { Component, VaeConfig } from "@sunstep/checkpoint";
import { buildVaeEncoder } from "@sunstep/networks";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { tensor } from "@sunstep/tensor";
import { compose } from "./compose.js";
import type { PlannedImage } from "./plan.js";
import { SIZE } from "./render.js";

const BATCH = 16;

export interface Latents {
  /** [images, channels, height / 8, width / 8], times the scaling factor. */
  readonly shape: readonly [number, number, number, number];
  readonly data: Float32Array;
}

export interface EncodeOptions {
  /** Changes a finished image, [3, height, width], -1 to 1, in place. */
  readonly filter?: (pixels: Float32Array, height: number, width: number) => void;
  readonly onProgress?: (done: number) => void;
}

/** Encodes images with a VAE: the mean of each image's latents, times the scaling factor. */
export async function encodeImages(
  vae: Component<VaeConfig>,
  images: readonly PlannedImage[],
  { filter, onProgress }: EncodeOptions = {},
): Promise<Latents> {
  const scaling = vae.config.scaling_factor;
  const runtime = await createNodeRuntime();
  try {
    const session = await runtime.load(buildVaeEncoder({ ...vae, batch: BATCH, height: SIZE, width: SIZE }), {
      label: "vae encoder",
    });
    const channels = vae.config.latent_channels;
    const [height, width] = session.outputs.find(({ name }) => name === "mean")!.shape.slice(2) as [
      number,
      number,
    ];
    const size = channels * height * width;
    const data = new Float32Array(images.length * size);
    const pixels = 3 * SIZE * SIZE;
    for (let begin = 0; begin < images.length; begin += BATCH) {
      const batch = images.slice(begin, begin + BATCH);
      const sample = new Float32Array(BATCH * pixels);
      batch.forEach((image, i) => {
        const target = sample.subarray(i * pixels, (i + 1) * pixels);
        compose(image, target);
        filter?.(target, SIZE, SIZE);
      });
      const { mean } = await session.run({ sample: tensor(sample, [BATCH, 3, SIZE, SIZE], "float32") });
      const values = mean!.data as Float32Array;
      for (let i = 0; i < batch.length * size; i++) data[begin * size + i] = values[i]! * scaling;
      onProgress?.(begin + batch.length);
    }
    return { shape: [images.length, channels, height, width], data };
  } finally {
    await runtime.dispose();
  }
}
