import { describe, expect, it } from "vitest";
import { blend, joinChannels, repeat, sampleLatents } from "../src/latents/latents.js";

describe("sampleLatents", () => {
  it("samples by mean and logarithm of the variance, then scales", () => {
    const latents = sampleLatents(
      Float32Array.of(1, 2),
      Float32Array.of(0, Math.log(4)),
      Float32Array.of(3, -1),
      0.5,
    );
    expect(latents).toBeAllclose([2, 0], { atol: 1e-6 });
  });

  it("rejects NaN and names the VAE encoder", () => {
    const sample = () =>
      sampleLatents(Float32Array.of(Number.NaN), Float32Array.of(0), Float32Array.of(0), 1);
    expect(sample).toThrow(/VAE encoder/);
  });
});

describe("blend", () => {
  it("takes the original where the mask is 0, in every channel of every image", () => {
    const original = Float32Array.of(1, 2, 3, 4);
    const painted = Float32Array.of(5, 6, 7, 8);
    expect(blend(original, painted, Float32Array.of(1, 0))).toBeAllclose([5, 2, 7, 4], { atol: 0 });
  });
});

describe("joinChannels", () => {
  it("joins channels image by image", () => {
    const joined = joinChannels(2, [Float32Array.of(1, 2, 3, 4), Float32Array.of(10, 20)]);
    expect(joined).toBeAllclose([1, 2, 10, 3, 4, 20], { atol: 0 });
  });
});

describe("repeat", () => {
  it("repeats an array one after the other", () => {
    expect(repeat(Float32Array.of(1, 2), 2)).toBeAllclose([1, 2, 1, 2], { atol: 0 });
  });
});
