import type { Component, VaeConfig } from "@sunstep/checkpoint";
import { buildVaeEncoder } from "@sunstep/networks";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { tensor } from "@sunstep/tensor";
import { compose } from "./compose.js";
import type { Picture } from "./plan.js";
import { SIZE } from "./render.js";

const BATCH = 16;

export interface Latents {
  /** [pictures, channels, height / 8, width / 8], times the scaling factor. */
  readonly shape: readonly [number, number, number, number];
  readonly data: Float32Array;
}

export interface EncodeOptions {
  /** Changes a finished picture, [3, height, width], -1 to 1, in place. */
  readonly filter?: (pixels: Float32Array, height: number, width: number) => void;
  readonly onProgress?: (done: number) => void;
}

/** The mean of each picture's latents by a VAE's encoder, times its scaling factor. */
export async function encodePictures(
  vae: Component<VaeConfig>,
  pictures: readonly Picture[],
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
    const data = new Float32Array(pictures.length * size);
    const pixels = 3 * SIZE * SIZE;
    for (let begin = 0; begin < pictures.length; begin += BATCH) {
      const batch = pictures.slice(begin, begin + BATCH);
      const sample = new Float32Array(BATCH * pixels);
      batch.forEach((picture, i) => {
        const target = sample.subarray(i * pixels, (i + 1) * pixels);
        compose(picture, target);
        filter?.(target, SIZE, SIZE);
      });
      const { mean } = await session.run({ sample: tensor(sample, [BATCH, 3, SIZE, SIZE], "float32") });
      const values = mean!.data as Float32Array;
      for (let i = 0; i < batch.length * size; i++) data[begin * size + i] = values[i]! * scaling;
      onProgress?.(begin + batch.length);
    }
    return { shape: [pictures.length, channels, height, width], data };
  } finally {
    await runtime.dispose();
  }
}
