import { int } from "@sunstep/onnx-graph";
import { expect, it } from "vitest";
import { lowerSumOfSquares } from "../../src/lower/sum-of-squares-to-product.js";
import { lowerToOpset17 } from "../../src/lower/to-opset-17.js";
import { build, expectEquivalent, operators } from "../equivalence.js";

const squares = (shape: readonly number[], axes: readonly number[], keepdims = 1) =>
  build((graph) => {
    const x = graph.input("x", "float32", shape);
    return graph.op("ReduceSumSquare", [x, graph.ints(axes)], { keepdims: int(keepdims) });
  });

it.each([
  [
    [2, 3, 100, 64],
    [2, 3],
  ],
  [
    [2, 3, 10, 64],
    [1, 2, 3],
  ],
  [
    [1, 30, 40],
    [-1, -2],
  ],
  [
    [3, 20],
    [0, 1],
  ],
])("keeps the sums of squares of %o over %o", async (shape, axes) => {
  const passes = [lowerSumOfSquares, lowerToOpset17];
  const after = await expectEquivalent(squares(shape, axes), passes, { rtol: 1e-5 });
  expect(operators(after)).toEqual({ Reshape: 1, "com.microsoft.FusedMatMul": 1 });
});

it("leaves sums over other axes, over one axis and without kept dimensions as they are", () => {
  for (const model of [squares([2, 3, 4], [0, 1]), squares([2, 3, 4], [2]), squares([2, 3, 4], [1, 2], 0)])
    expect(lowerSumOfSquares.run(model).modified).toBe(false);
});
