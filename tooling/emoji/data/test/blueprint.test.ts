import { expect, it } from "vitest";
import { blueprint } from "../src/blueprint.js";

/** Left half of one colour, right half of another. */
function halves(left: readonly number[], right: readonly number[], size = 8): Float32Array {
  return Float32Array.from({ length: 3 * size * size }, (_, i) => {
    const c = Math.floor(i / (size * size));
    return (i % size < size / 2 ? left : right)[c]!;
  });
}

it("draws contours in white on blue, whatever their colours", () => {
  for (const [left, right] of [
    [
      [-1, -1, -1],
      [1, 1, 1],
    ],
    [
      [1, -1, -1],
      [-1, -1, -1],
    ],
  ]) {
    const pixels = halves(left!, right!);
    blueprint(pixels, 8, 8);
    const [paper, contour] = [0, 3].map((x) => [0, 1, 2].map((c) => pixels[c * 64 + 4 * 8 + x]!));
    expect(paper![2]).toBeGreaterThan(paper![0]! + 0.5);
    expect(Math.min(...contour!)).toBeGreaterThan(0.5);
  }
});

it("leaves plain paper around the drawing", () => {
  const pixels = halves([0.3, 0.4, 0.5], [0.3, 0.4, 0.5]);
  blueprint(pixels, 8, 8);
  for (let c = 0; c < 3; c++) expect(new Set(pixels.subarray(c * 64, (c + 1) * 64)).size).toBe(1);
});
