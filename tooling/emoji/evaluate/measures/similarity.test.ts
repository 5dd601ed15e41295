import type { RgbImage } from "@sunstep/image";
import { TorchGenerator } from "@sunstep/tensor";
import { expect, it } from "vitest";
import { cosine, euclidean, meanDifference, peakSignalToNoise, structuralSimilarity } from "./similarity.js";

const random = new TorchGenerator(1);
const noise = (): RgbImage => ({
  width: 32,
  height: 32,
  channels: 3,
  data: Uint8Array.from(random.rand(32 * 32 * 3), (value) => value * 255),
});
const mixed = (a: RgbImage, b: RgbImage, share: number): RgbImage => ({
  ...a,
  data: a.data.map((value, i) => (1 - share) * value + share * b.data[i]!),
});

it("gives structural similarity 1 for equal images, symmetrically, and less the more of another image is mixed in", () => {
  const [a, b] = [noise(), noise()];
  expect(structuralSimilarity(a, a)).toBeCloseTo(1, 6);
  expect(structuralSimilarity(a, b)).toBeCloseTo(structuralSimilarity(b, a), 6);
  const values = [0, 0.2, 0.5, 1].map((share) => structuralSimilarity(a, mixed(a, b, share)));
  expect(values).toEqual(values.toSorted((x, y) => y - x));
  expect(values.at(-1)).toBeLessThan(0.2);
});

it("gives a peak signal-to-noise ratio of 20 log10(255) for an error of one level everywhere", () => {
  const a = noise();
  const shifted = { ...a, data: a.data.map((value) => (value === 255 ? 254 : value + 1)) };
  expect(meanDifference(a, shifted)).toBe(1);
  expect(peakSignalToNoise(a, shifted)).toBeCloseTo(20 * Math.log10(255), 10);
});

it("gives known cosines and Euclidean distances", () => {
  expect(cosine([1, 0], [1, 1])).toBeCloseTo(Math.SQRT1_2, 12);
  expect(cosine([3, 4], [6, 8])).toBeCloseTo(1, 12);
  expect(euclidean([1, 2], [4, 6])).toBe(5);
});
