import { expect, it } from "vitest";
import { fuseSigmoidGates } from "../../src/lower/fuse-sigmoid-gates.js";
import { lowerToOpset17 } from "../../src/lower/to-opset-17.js";
import { build, expectEquivalent } from "../equivalence.js";

const passes = [fuseSigmoidGates, lowerToOpset17];
const operators = (model: { graph: { nodes: readonly { op: string }[] } }) =>
  model.graph.nodes.map((node) => node.op).filter((op) => op !== "Identity");

it.each([false, true])("fuses x * Sigmoid(x) (operands swapped: %s)", async (swapped) => {
  const model = build((graph) => {
    const x = graph.input("x", "float32", [2, 3, 5]);
    const gate = graph.op("Sigmoid", [x]);
    return graph.op("Mul", swapped ? [gate, x] : [x, gate]);
  });
  expect(operators(await expectEquivalent(model, passes, { rtol: 1e-6, atol: 1e-7 }))).toEqual(["QuickGelu"]);
});

it("fuses x * Sigmoid(1.702 x)", async () => {
  const model = build((graph) => {
    const x = graph.input("x", "float32", [7, 9]);
    return graph.op("Mul", [x, graph.op("Sigmoid", [graph.op("Mul", [x, graph.scalar(1.702)])])]);
  });
  expect(operators(await expectEquivalent(model, passes, { rtol: 1e-6, atol: 1e-7 }))).toEqual(["QuickGelu"]);
});

it("leaves a gate of another value, and a Sigmoid that is read elsewhere, as they are", async () => {
  const other = build((graph) => {
    const [x, y] = [graph.input("a", "float32", [4]), graph.input("b", "float32", [4])];
    return graph.op("Mul", [x, graph.op("Sigmoid", [y])]);
  });
  expect(fuseSigmoidGates.run(other).modified).toBe(false);
  const shared = build((graph) => {
    const x = graph.input("x", "float32", [4]);
    const gate = graph.op("Sigmoid", [x]);
    return graph.op("Add", [graph.op("Mul", [x, gate]), gate]);
  });
  expect(fuseSigmoidGates.run(shared).modified).toBe(false);
});
