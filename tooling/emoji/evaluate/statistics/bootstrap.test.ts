import { TorchGenerator } from "@sunstep/tensor";
import { expect, it } from "vitest";
import { bootstrap } from "./bootstrap.js";

const mean = (values: ArrayLike<number>, indices: readonly number[]) =>
  indices.reduce((sum, index) => sum + values[index]!, 0) / indices.length;

it("covers the true mean about 95 times in 100", () => {
  const random = new TorchGenerator(5);
  const hits = Array.from({ length: 150 }, (_, seed) => {
    const sample = random.randn(40);
    const { m } = bootstrap(40, (indices) => ({ m: mean(sample, indices) }), { resamples: 100, seed });
    return m.ci[0] <= 0 && 0 <= m.ci[1];
  });
  const share = hits.filter(Boolean).length / hits.length;
  expect(share).toBeGreaterThan(0.89);
  expect(share).toBeLessThan(0.99);
});

it("repeats its intervals with the same seed, and returns the whole sample's value", () => {
  const sample = [1, 2, 3, 10];
  const run = (seed: number) => bootstrap(4, (indices) => ({ m: mean(sample, indices) }), { seed });
  expect(run(1)).toEqual(run(1));
  expect(run(1)).not.toEqual(run(2));
  expect(run(1).m.value).toBe(4);
});
