import { type GraphBuilder, int, ints, type Model, type Node, string, type Value } from "@sunstep/onnx-graph";
import { expect, it } from "vitest";
import { lowerToOpset17 } from "../../src/lower/to-opset-17.js";
import { raiseToOpset23 } from "../../src/raise/to-opset-23.js";
import { build, evaluate, expectEquivalent } from "../equivalence.js";

it("writes the axes of reductions as attributes", async () => {
  for (const op of ["ReduceMean", "ReduceL2", "ReduceMax", "ReduceSum"]) {
    const model = build((graph) =>
      graph.op(op, [graph.input("x", "float32", [2, 3, 5]), graph.ints([1, 2])], { keepdims: int(1) }),
    );
    await expectEquivalent(model, [lowerToOpset17], { rtol: 1e-6, atol: 1e-7 });
  }
});

it("keeps a reduction over everything", async () => {
  const model = build((graph) => graph.op("ReduceMean", [graph.input("x", "float32", [2, 3])]));
  await expectEquivalent(model, [lowerToOpset17], { rtol: 1e-6 });
});

it("drops the number of outputs of a split into equal parts", async () => {
  const model = build((graph) => {
    const [a, b] = graph.ops("Split", [graph.input("x", "float32", [4, 6])], 2, {
      axis: int(1),
      num_outputs: int(2),
    });
    return graph.op("Sub", [a, b]);
  });
  await expectEquivalent(model, [lowerToOpset17], {});
});

it("rejects a newer operator by name", () => {
  const model = build((graph) => graph.op("Gelu", [graph.input("x", "float32", [4])]));
  expect(() => lowerToOpset17.run(model)).toThrow(
    expect.objectContaining({ code: "PASS_UNSUPPORTED", details: { node: "Gelu", op: "Gelu" } }),
  );
});

it.each<[string, (graph: GraphBuilder, x: Value) => Value]>([
  ["Pad with axes", (graph, x) => graph.op("Pad", [x, graph.ints([1, 1]), undefined, graph.ints([3])])],
  [
    "Pad in mode wrap",
    (graph, x) => graph.op("Pad", [x, graph.ints([0, 0, 0, 1, 0, 0, 0, 1])], { mode: string("wrap") }),
  ],
  [
    "AveragePool with dilations",
    (graph, x) => graph.op("AveragePool", [x], { kernel_shape: ints([2, 2]), dilations: ints([2, 2]) }),
  ],
  [
    "Resize with antialias",
    (graph, x) =>
      graph.op("Resize", [x, undefined, undefined, graph.ints([1, 1, 2, 2])], {
        mode: string("linear"),
        antialias: int(1),
      }),
  ],
  [
    "ScatterElements by the maximum",
    (graph, x) => {
      const indices = graph.op("Cast", [x], { to: int(7) });
      return graph.op("ScatterElements", [x, indices, x], { reduction: string("max") });
    },
  ],
  [
    "QuantizeLinear to int16",
    (graph, x) => graph.op("QuantizeLinear", [x, graph.scalar(1)], { output_dtype: int(5) }),
  ],
  ["ReduceMax over no axes", (graph, x) => graph.op("ReduceMax", [x], { noop_with_empty_axes: int(1) })],
])("rejects a newer form instead of changing its result: %s", (_, emit) => {
  const model = build((graph) => emit(graph, graph.input("x", "float32", [1, 1, 4, 4])));
  expect(() => lowerToOpset17.run(model)).toThrow(expect.objectContaining({ code: "PASS_UNSUPPORTED" }));
});

/** A model that chooses between two values of an operator with axes, each inside a branch. */
function choosing(opset: number): Model {
  const branch = (name: string) => {
    const { graph } = build((b) => {
      const x = b.input("x", "float32", [2, 3]);
      const axes = opset < 18 ? [] : [b.ints([1])];
      const attributes = { keepdims: int(1), ...(opset < 18 && { axes: ints([1]) }) };
      return b.op(name, [x, ...axes], attributes);
    }, opset);
    return { type: "graph" as const, value: { ...graph, name, inputs: [] } };
  };
  const outer = build((b) => {
    b.input("x", "float32", [2, 3]);
    return b.op("Cast", [b.input("which", "bool", [])], { to: int(1) });
  }, opset);
  const choice: Node = {
    name: "choice",
    op: "If",
    domain: "",
    inputs: ["which"],
    outputs: ["y"],
    attributes: { then_branch: branch("ReduceMax"), else_branch: branch("ReduceMin") },
  };
  const outputs = [{ name: "y", dtype: "float32" as const, shape: [2, 1] }];
  return { ...outer, graph: { ...outer.graph, nodes: [choice], outputs, values: new Map() } };
}

it("rewrites operators inside subgraphs, and raising does too", async () => {
  for (const [model, pass] of [
    [choosing(23), lowerToOpset17],
    [choosing(17), raiseToOpset23],
  ] as const) {
    const x = { dtype: "float32", shape: [2, 3], data: Float32Array.of(1, 5, 3, -2, -1, -4) };
    const which = { dtype: "bool", shape: [], data: Uint8Array.of(1) };
    const { y } = await evaluate(pass.run(model).model, { x, which });
    expect(y!.data).toEqual(Float32Array.of(5, -1));
  }
});
