import { TorchGenerator } from "@sunstep/tensor";
import { describe, expect, it } from "vitest";
import { fitPreviewFactors, linearPreview } from "../src/latents/linear-preview.js";

describe("fitPreviewFactors", () => {
  it("finds the linear map that made the colours", () => {
    const factors = [
      [0.3, -0.2, 0.1, 0.5, 0.05],
      [-0.4, 0.2, 0.3, 0.1, -0.1],
      [0.2, 0.6, -0.3, 0.2, 0.2],
    ];
    const count = 50;
    const latents = new TorchGenerator(0).randn(4 * count);
    const colours = new Float32Array(3 * count);
    for (const [c, row] of factors.entries()) {
      for (let i = 0; i < count; i++) {
        colours[c * count + i] =
          row[4]! + [0, 1, 2, 3].reduce((sum, k) => sum + row[k]! * latents[k * count + i]!, 0);
      }
    }
    const fitted = fitPreviewFactors(latents, colours, count);
    expect(fitted.flat()).toBeAllclose(factors.flat(), { atol: 1e-4 });
  });
});

describe("linearPreview", () => {
  it("gives one pixel for each latent, -1 black and 1 white, clamped", () => {
    const factors = [0, 1, 2].map((c) => [c === 0 ? 1 : 0, c === 1 ? 1 : 0, 0, 0, 0]);
    const latents = Float32Array.of(-1, 5, 1, 0, 0, 0, 0, 0);
    const { data, width, height } = linearPreview(latents, factors, 2, 1);
    expect([width, height]).toEqual([2, 1]);
    expect([...data]).toEqual([0, 255, 128, 255, 128, 128]);
  });
});
