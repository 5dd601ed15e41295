import { int } from "@sunstep/onnx-graph";
import { expect, it } from "vitest";
import { toOpset17 } from "../../src/lower/to-opset-17.js";
import { build, expectEquivalent } from "../equivalence.js";

it("turns the axes of reductions into attributes", async () => {
  for (const op of ["ReduceMean", "ReduceL2", "ReduceMax", "ReduceSum"]) {
    const model = build((graph) =>
      graph.op(op, [graph.input("x", "float32", [2, 3, 5]), graph.ints([1, 2])], { keepdims: int(1) }),
    );
    await expectEquivalent(model, [toOpset17], { rtol: 1e-6, atol: 1e-7 });
  }
});

it("keeps a reduction over everything", async () => {
  const model = build((graph) => graph.op("ReduceMean", [graph.input("x", "float32", [2, 3])]));
  await expectEquivalent(model, [toOpset17], { rtol: 1e-6 });
});

it("drops the number of outputs of a split into equal parts", async () => {
  const model = build((graph) => {
    const [a, b] = graph.ops("Split", [graph.input("x", "float32", [4, 6])], 2, {
      axis: int(1),
      num_outputs: int(2),
    });
    return graph.op("Sub", [a, b]);
  });
  await expectEquivalent(model, [toOpset17], {});
});

it("refuses an operator that is newer, by name", () => {
  const model = build((graph) => graph.op("Gelu", [graph.input("x", "float32", [4])]));
  expect(() => toOpset17.run(model)).toThrow(
    expect.objectContaining({ code: "PASS_UNSUPPORTED", details: { node: "Gelu", op: "Gelu" } }),
  );
});
