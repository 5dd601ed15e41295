import { expect, it } from "vitest";
import { fillMasked } from "../src/paint/fill-masked.js";

const side = 64;
const image = Uint8Array.from({ length: side * side * 3 }, (_, i) => {
  const [x, y] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side)];
  return [4 * x, 4 * y, 255 - 2 * x - 2 * y][i % 3]!;
});
const mask = Uint8Array.from({ length: side * side }, (_, i) => {
  const [x, y] = [i % side, Math.floor(i / side)];
  if (y < 16 || y >= 40 || x < 22 || x >= 48) return 0;
  return x < 24 ? 128 : 255;
});

// Values of Pillow 13, by the blurs and their order of AUTOMATIC1111's modules/masking.py. Pillow's blurs are approximate.
/** Pillow 13, by the blurs and their order of AUTOMATIC1111's modules/masking.py; Pillow's blurs are approximate. */
const expected = [
  [0, 0, 0, 0, 255],
  [10, 10, 40, 40, 215],
  [23, 20, 88, 78, 170],
  [26, 20, 93, 71, 173],
  [36, 28, 143, 114, 126],
  [46, 38, 188, 156, 81],
  [40, 17, 161, 55, 147],
  [60, 50, 240, 200, 35],
] as const;

it("fills a mask from its surroundings as AUTOMATIC1111 does", async () => {
  const filled = await fillMasked(
    { width: side, height: side, channels: 3, data: image },
    { width: side, height: side, channels: 1, data: mask },
  );
  for (const [x, y, ...colour] of expected) {
    const at = (y * side + x) * 3;
    for (const [c, value] of colour.entries())
      expect(Math.abs(filled.data[at + c]! - value), `(${x}, ${y})`).toBeLessThanOrEqual(4);
  }
});
