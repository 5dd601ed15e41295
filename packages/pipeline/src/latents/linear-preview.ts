import type { RgbImage } from "@sunstep/image";
import { solveLinear } from "@sunstep/tensor";

/** Rows r, g, b; columns the four latent channels and a constant. Colours in -1 to 1. */
export type PreviewFactors = readonly (readonly number[])[];

/**
 * Fits the best linear decoder, one pixel for each latent, by least squares. `latents` [channels, count] and `colours`
 * [3, count], flat.
 */
export function fitPreviewFactors(
  latents: Float32Array,
  colours: Float32Array,
  count: number,
): PreviewFactors {
  const channels = latents.length / count;
  const feature = (row: number, i: number) => (row === channels ? 1 : latents[row * count + i]!);
  const size = channels + 1;
  const normal = Array.from({ length: size }, (_, row) =>
    Array.from(
      { length: size },
      (_, column) => sum(count, (i) => feature(row, i) * feature(column, i)) + (row === column ? 1e-6 : 0),
    ),
  );
  return [0, 1, 2].map((colour) => {
    const right = Array.from({ length: size }, (_, row) =>
      sum(count, (i) => feature(row, i) * colours[colour * count + i]!),
    );
    return solveLinear(normal, right);
  });
}

/** Makes a small image, one pixel for each latent. `latents` [channels, height, width], flat. */
export function linearPreview(
  latents: Float32Array,
  factors: PreviewFactors,
  width: number,
  height: number,
): RgbImage {
  const count = width * height;
  const channels = latents.length / count;
  const data = new Uint8ClampedArray(count * 3);
  for (let i = 0; i < count; i++) {
    for (let colour = 0; colour < 3; colour++) {
      const row = factors[colour]!;
      let value = row[channels]!;
      for (let channel = 0; channel < channels; channel++)
        value += row[channel]! * latents[channel * count + i]!;
      data[i * 3 + colour] = (value / 2 + 0.5) * 255;
    }
  }
  return { width, height, channels: 3, data: new Uint8Array(data.buffer) };
}

function sum(count: number, term: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += term(i);
  return total;
}
