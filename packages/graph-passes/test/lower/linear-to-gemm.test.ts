import { ints } from "@sunstep/onnx-graph";
import fc from "fast-check";
import { expect, it } from "vitest";
import { lowerLinearToGemm } from "../../src/lower/linear-to-gemm.js";
import { lowerToOpset17 } from "../../src/lower/to-opset-17.js";
import { build, expectEquivalent, operators, weight } from "../equivalence.js";

it.each([true, false])("does not change the result of a linear layer (bias: %s)", async (biased) => {
  const shape = fc.record({
    outer: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
    inputs: fc.integer({ min: 1, max: 20 }),
    outputs: fc.integer({ min: 1, max: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(shape, async ({ outer, inputs, outputs }) => {
      const model = build((graph) => {
        const x = graph.input("x", "float32", [...outer, inputs]);
        const transposed = graph.op("Transpose", [weight(graph, [outputs, inputs])], { perm: ints([1, 0]) });
        const product = graph.op("MatMul", [x, transposed]);
        return biased ? graph.op("Add", [weight(graph, [outputs]), product]) : product;
      });
      const after = await expectEquivalent(model, [lowerLinearToGemm, lowerToOpset17], {
        rtol: 1e-5,
        atol: 1e-6,
      });
      expect(operators(after)).toEqual({ Reshape: 2, Gemm: 1 });
    }),
    { numRuns: 12 },
  );
});

it("leaves a weight that is not transposed, and a summand that is no bias, as they are", () => {
  const plain = build((graph) =>
    graph.op("MatMul", [graph.input("x", "float32", [2, 3]), weight(graph, [3, 4])]),
  );
  expect(lowerLinearToGemm.run(plain).modified).toBe(false);
  const added = build((graph) => {
    const transposed = graph.op("Transpose", [weight(graph, [4, 3])]);
    const product = graph.op("MatMul", [graph.input("x", "float32", [2, 3]), transposed]);
    return graph.op("Add", [product, graph.input("residual", "float32", [2, 4])]);
  });
  expect(operators(lowerLinearToGemm.run(added).model)).toEqual({ Reshape: 2, Gemm: 1, Add: 1 });
});
