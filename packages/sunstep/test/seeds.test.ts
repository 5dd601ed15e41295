import { expect, it } from "vitest";
import { seedPerImage } from "../src/seeds.js";

it("counts up from the seed, whatever its type", () => {
  expect(seedPerImage(41, 3)).toEqual([41, 42, 43]);
  expect(seedPerImage(2n ** 63n, 2)).toEqual([2n ** 63n, 2n ** 63n + 1n]);
});

it("counts up from a random 32-bit number for no seed and for -1", () => {
  for (const seed of [undefined, -1, -1n])
    expect(seedPerImage(seed, 2, () => 0.5)).toEqual([2 ** 31, 2 ** 31 + 1]);
});

it("passes lists, invalid seeds and invalid numbers of images through to the pipeline", () => {
  for (const seed of ["7", null, true]) expect(seedPerImage(seed as never, 2)).toBe(seed);
  expect(seedPerImage([5, 9], 2)).toEqual([5, 9]);
  for (const images of [0, -1, 1.5, Number.NaN, 1e9]) expect(seedPerImage(1, images)).toBe(1);
});
