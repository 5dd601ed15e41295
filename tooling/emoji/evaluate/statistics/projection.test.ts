import { TorchGenerator } from "@sunstep/tensor";
import { expect, it } from "vitest";
import { fitProjection } from "./projection.js";

const random = new TorchGenerator(3);
const rows = Array.from({ length: 40 }, () =>
  Float32Array.from(random.randn(100), (value, i) => value * (i < 60 ? 5 : 1) + i),
);

it("scales all blocks to equal variance, 100 in total, and preserves distances with all components", () => {
  const project = fitProjection(rows, [60, 40], 39);
  const projected = rows.map(project);
  const variance = projected.reduce((sum, row) => sum + row.reduce((s, value) => s + value ** 2, 0), 0) / 39;
  expect(variance).toBeCloseTo(100, 6);
});

it("orders directions by variance, largest first", () => {
  const projected = rows.map(fitProjection(rows, [60, 40], 10));
  const variances = Array.from({ length: 10 }, (_, i) =>
    projected.reduce((sum, row) => sum + row[i]! ** 2, 0),
  );
  expect(variances).toEqual(variances.toSorted((a, b) => b - a));
});
