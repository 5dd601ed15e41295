import { PhiloxGenerator, TorchGenerator } from "@sunstep/tensor";
import { describe, expect, it } from "vitest";
import { noiseSource } from "../src/latents/noise.js";

describe("noiseSource", () => {
  it("draws the whole batch at once from a single seed", () => {
    const noise = noiseSource([7], 2, 256);
    const generator = new TorchGenerator(7);
    expect(noise.draw()).toBeAllclose(generator.randn(512), { atol: 0 });
    expect(noise.draw()).toBeAllclose(generator.randn(512), { atol: 0 });
  });

  it("draws for each image of a list of seeds what its seed alone draws", () => {
    const together = noiseSource([1, 2], 2, 256).draw();
    expect(together.subarray(256)).toBeAllclose(noiseSource([2], 1, 256).draw(), { atol: 0 });
  });

  it("draws a GPU's random numbers if asked to", () => {
    expect(noiseSource([7], 1, 256, "cuda").draw()).toBeAllclose(new PhiloxGenerator(7).randn(256), {
      atol: 0,
    });
  });

  it("samples a shared encoding once from a single seed, as diffusers does, then draws the batch", () => {
    const noise = noiseSource([7], 2, 256);
    const generator = new TorchGenerator(7);
    const once = generator.randn(256);
    expect(noise.drawShared()).toBeAllclose([...once, ...once], { atol: 0 });
    expect(noise.draw()).toBeAllclose(generator.randn(512), { atol: 0 });
  });

  it("samples a shared encoding by the seed of each image of a list", () => {
    const [both, alone] = [noiseSource([1, 2], 2, 256), noiseSource([2], 1, 256)];
    expect(both.drawShared().subarray(256)).toBeAllclose(alone.drawShared(), { atol: 0 });
    expect(both.draw().subarray(256)).toBeAllclose(alone.draw(), { atol: 0 });
  });
});
