import { PhiloxGenerator, TorchGenerator } from "@sunstep/tensor";
import { describe, expect, it } from "vitest";
import { noiseSource } from "../src/noise.js";

describe("noiseSource", () => {
  it("draws the whole batch at once from a single seed", () => {
    const noise = noiseSource([7], 2, 256);
    const generator = new TorchGenerator(7);
    expect(noise()).toBeAllclose(generator.randn(512), { atol: 0 });
    expect(noise()).toBeAllclose(generator.randn(512), { atol: 0 });
  });

  it("draws for each image of a list of seeds what its seed alone draws", () => {
    const together = noiseSource([1, 2], 2, 256)();
    expect(together.subarray(256)).toBeAllclose(noiseSource([2], 1, 256)(), { atol: 0 });
  });

  it("draws a GPU's random numbers if asked to", () => {
    expect(noiseSource([7], 1, 256, "cuda")()).toBeAllclose(new PhiloxGenerator(7).randn(256), { atol: 0 });
  });
});
