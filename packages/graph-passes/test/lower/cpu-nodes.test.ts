import { GraphBuilder, int } from "@sunstep/onnx-graph";
import { expect, it } from "vitest";
import { float16Nodes, trigonometricNodes } from "../../src/lower/cpu-nodes.js";

it("selects sines and the nodes that lead to them, but not their readers", () => {
  const graph = new GraphBuilder({ name: "embedding", opsets: { "": 17 } });
  const timestep = graph.input("timestep", "float32", [1]);
  const sample = graph.input("sample", "float32", [1, 4]);
  const angle = graph.op("Mul", [timestep, graph.floats([1, 2, 3, 4])], {}, { name: "angle" });
  const sine = graph.op("Sin", [angle], {}, { name: "sine" });
  const other = graph.op("Relu", [sample], {}, { name: "other" });
  graph.output("y", graph.op("Add", [sine, other], {}, { name: "sum" }));
  expect(trigonometricNodes(graph.build().graph).sort()).toEqual(["angle", "sine"]);
});

it("selects nodes that compute in float16 at each run, but not those that read weights alone", () => {
  const [float32, float16] = [1, 10];
  const graph = new GraphBuilder({ name: "half", opsets: { "": 17 } });
  const x = graph.input("x", "float32", [2]);
  const weight = graph.initializer("weight", {
    dtype: "float16",
    shape: [2],
    data: { kind: "inline", bytes: new Uint8Array(4) },
  });
  const single = graph.op("Cast", [weight], { to: int(float32) }, { name: "single" });
  const half = graph.op("Cast", [x], { to: int(float16) }, { name: "half" });
  const product = graph.op("Mul", [half, weight], {}, { name: "product" });
  const back = graph.op("Cast", [product], { to: int(float32) }, { name: "back" });
  graph.output("y", graph.op("Add", [back, single], {}, { name: "sum" }));
  expect(float16Nodes(graph.build().graph).sort()).toEqual(["back", "half", "product"]);
});
