import { type RgbImage, toRgb } from "@sunstep/image";
import { pixelsOf, toSharp } from "./pixels.js";

/** Standard deviations in pixels of the blurs that are laid over each other, and how often each is. */
const blurs: readonly (readonly [sigma: number, times: number])[] = [
  [256, 1],
  [64, 1],
  [16, 2],
  [4, 4],
  [2, 2],
];

/**
 * Fills the white of a mask with the colours around it, the nearer the sharper (AUTOMATIC1111's "fill", modules/masking.py):
 * blurs of the unmasked part, from wide to narrow, each over the one before, and the unmasked part itself on top.
 */
export async function fillMasked(image: RgbImage, mask: RgbImage): Promise<RgbImage> {
  const { data: colours, width, height } = toRgb(image);
  const kept = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    kept.set(colours.subarray(i * 3, i * 3 + 3), i * 4);
    kept[i * 4 + 3] = 255 - mask.data[i]!;
  }
  const layers: (readonly [Uint8Array, number])[] = [];
  const unmasked: RgbImage = { width, height, channels: 4, data: kept };
  for (const [sigma, times] of blurs) {
    // libvips multiplies by alpha before it blurs, and divides afterwards.
    const blurred = await pixelsOf(toSharp(unmasked).blur({ sigma, minAmplitude: 0.02 }));
    layers.push([blurred.data, times]);
  }
  return { width, height, channels: 3, data: composed([...layers, [kept, 1]], width * height) };
}

/** Lays layers of colours and alpha over each other, and leaves alpha out. */
function composed(layers: readonly (readonly [Uint8Array, number])[], pixels: number): Uint8Array {
  const data = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i++) {
    let [red, green, blue, alpha] = [0, 0, 0, 0];
    for (const [layer, times] of layers) {
      // The same layer several times over: its part grows as the rest shrinks.
      const over = 1 - (1 - layer[i * 4 + 3]! / 255) ** times;
      red += (layer[i * 4]! - red) * over;
      green += (layer[i * 4 + 1]! - green) * over;
      blue += (layer[i * 4 + 2]! - blue) * over;
      alpha += (1 - alpha) * over;
    }
    if (alpha > 0)
      for (const [c, value] of [red, green, blue].entries()) data[i * 3 + c] = Math.round(value / alpha);
  }
  return data;
}
