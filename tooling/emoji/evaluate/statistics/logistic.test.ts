import { TorchGenerator } from "@sunstep/tensor";
import { expect, it } from "vitest";
import { fitClassifier } from "./logistic.js";

it("recovers the class probabilities of two Gaussians", () => {
  // Means -1 and 1, variance 1: the logit is 2x.
  const random = new TorchGenerator(0);
  const labels = Array.from({ length: 600 }, (_, i) => i % 2);
  const rows = labels.map((label) => Float64Array.from(random.randn(1), (value) => value + (label ? 1 : -1)));
  const classify = fitClassifier(rows, labels, 2);
  for (const x of [-2, -0.5, 0, 1]) {
    expect(classify(Float64Array.of(x))[1]).toBeCloseTo(1 / (1 + Math.exp(-2 * x)), 1);
  }
});
