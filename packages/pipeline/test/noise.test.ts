import { PhiloxGenerator, TorchGenerator } from "@sunstep/tensor";
import { expect, test } from "vitest";
import { noiseSource } from "../src/noise.js";

test("one seed draws the whole batch at once", () => {
  const noise = noiseSource([7], 2, 256);
  const generator = new TorchGenerator(7);
  expect(noise()).toBeAllclose(generator.randn(512), { atol: 0 });
  expect(noise()).toBeAllclose(generator.randn(512), { atol: 0 });
});

test("a seed for each picture draws what that picture alone would draw", () => {
  const together = noiseSource([1, 2], 2, 256)();
  expect(together.subarray(256)).toBeAllclose(noiseSource([2], 1, 256)(), { atol: 0 });
});

test("a GPU's random numbers, for seeds from AUTOMATIC1111", () => {
  expect(noiseSource([7], 1, 256, "cuda")()).toBeAllclose(new PhiloxGenerator(7).randn(256), { atol: 0 });
});
