import { int } from "@sunstep/onnx-graph";
import fc from "fast-check";
import { expect, it } from "vitest";
import { lowerLinearToGemm } from "../../src/lower/linear-to-gemm.js";
import { splitProjections } from "../../src/lower/split-projections.js";
import { lowerToOpset17 } from "../../src/lower/to-opset-17.js";
import { build, expectEquivalent, weight } from "../equivalence.js";

it("keeps the parts of a linear layer's result for any sizes", async () => {
  const shape = fc.record({
    tokens: fc.integer({ min: 1, max: 9 }),
    inputs: fc.integer({ min: 1, max: 12 }),
    first: fc.integer({ min: 1, max: 12 }),
    second: fc.integer({ min: 1, max: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(shape, async ({ tokens, inputs, first, second }) => {
      const model = build((graph) => {
        const x = graph.input("x", "float32", [2, tokens, inputs]);
        const transposed = graph.op("Transpose", [weight(graph, [first + second, inputs])]);
        const product = graph.op("MatMul", [x, transposed]);
        const linear = graph.op("Add", [product, weight(graph, [first + second])]);
        const parts = graph.ops("Split", [linear, graph.ints([first, second])], 2, { axis: int(-1) });
        return graph.op("Concat", parts.toReversed(), { axis: int(-1) });
      });
      const after = await expectEquivalent(model, [lowerLinearToGemm, splitProjections, lowerToOpset17], {
        rtol: 1e-5,
        atol: 1e-6,
      });
      expect(after.graph.nodes.filter((node) => node.op === "Gemm")).toHaveLength(2);
    }),
    { numRuns: 12 },
  );
});

it("leaves a split along another axis as it is", () => {
  const model = build((graph) => {
    const x = graph.input("x", "float32", [4, 3]);
    const product = graph.op("MatMul", [x, graph.op("Transpose", [weight(graph, [5, 3])])]);
    const linear = graph.op("Add", [product, weight(graph, [5])]);
    const [a, b] = graph.ops("Split", [linear, graph.ints([2, 2])], 2, { axis: int(0) });
    return graph.op("Add", [a, b]);
  });
  expect(splitProjections.run(lowerLinearToGemm.run(model).model).modified).toBe(false);
});
