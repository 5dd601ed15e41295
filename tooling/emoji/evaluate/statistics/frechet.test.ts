import { TorchGenerator } from "@sunstep/tensor";
import { Matrix } from "ml-matrix";
import { expect, it } from "vitest";
import { frechetDistanceTo } from "./frechet.js";
import { gaussian } from "./gaussian.js";

const diagonal = (mean: number[], variances: number[]) => ({
  mean: Float64Array.from(mean),
  covariance: Matrix.diag(variances),
});

it("equals the closed form for Gaussians with commuting covariances", () => {
  // |m - n|² + Σ (√a - √b)²
  const distance = frechetDistanceTo(diagonal([1, 2, 3], [1, 4, 9]))(diagonal([0, 2, 5], [4, 4, 1]));
  expect(distance).toBeCloseTo(1 + 4 + 1 + 0 + 4, 10);
});

it("equals the closed form for two rotated planes", () => {
  // tr((A^½ B A^½)^½) = √(tr(AB) + 2 √(det A det B)) for 2 x 2 matrices.
  const a = new Matrix([
    [3, 1],
    [1, 2],
  ]);
  const b = new Matrix([
    [1, -0.5],
    [-0.5, 4],
  ]);
  const cross = Math.sqrt(a.mmul(b).trace() + 2 * Math.sqrt(5 * 3.75));
  const zero = new Float64Array(2);
  const distance = frechetDistanceTo({ mean: zero, covariance: a })({ mean: zero, covariance: b });
  expect(distance).toBeCloseTo(a.trace() + b.trace() - 2 * cross, 10);
});

it("is zero to itself, symmetric, and near the true distance for samples", () => {
  const random = new TorchGenerator(0);
  const sample = (shift: number, scale: number) =>
    Array.from({ length: 1500 }, () => Float64Array.from(random.randn(4), (value) => shift + scale * value));
  const all = Array.from({ length: 1500 }, (_, i) => i);
  const first = gaussian(sample(0, 1), all);
  const second = gaussian(sample(0.5, 2), all);
  expect(frechetDistanceTo(first)(first)).toBeCloseTo(0, 8);
  expect(frechetDistanceTo(first)(second)).toBeCloseTo(frechetDistanceTo(second)(first), 8);
  expect(frechetDistanceTo(first)(second)).toBeCloseTo(4 * 0.25 + 4, 0);
});
