import { expect, test } from "vitest";
import { blend, joinChannels, repeat, sampleLatents } from "../src/latents.js";

test("latents are sampled from mean and logarithm of the variance, then scaled", () => {
  const latents = sampleLatents(
    Float32Array.of(1, 2),
    Float32Array.of(0, Math.log(4)),
    Float32Array.of(3, -1),
    0.5,
  );
  expect(latents).toBeAllclose([2, 0], { atol: 1e-6 });
});

test("broken weights are named, not painted", () => {
  expect(() => sampleLatents(Float32Array.of(Number.NaN), Float32Array.of(0), Float32Array.of(0), 1)).toThrow(
    /VAE encoder/,
  );
});

test("blending takes the picture where the mask is 0, for every channel and picture", () => {
  const original = Float32Array.of(1, 2, 3, 4);
  const painted = Float32Array.of(5, 6, 7, 8);
  expect(blend(original, painted, Float32Array.of(1, 0))).toBeAllclose([5, 2, 7, 4], { atol: 0 });
});

test("channels are joined picture by picture", () => {
  const joined = joinChannels(2, [Float32Array.of(1, 2, 3, 4), Float32Array.of(10, 20)]);
  expect(joined).toBeAllclose([1, 2, 10, 3, 4, 20], { atol: 0 });
});

test("repeat", () => {
  expect(repeat(Float32Array.of(1, 2), 2)).toBeAllclose([1, 2, 1, 2], { atol: 0 });
});
