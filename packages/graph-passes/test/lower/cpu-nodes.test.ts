import { GraphBuilder, int } from "@sunstep/onnx-graph";
import { expect, it } from "vitest";
import { float16Nodes, trigonometricNodes } from "../../src/lower/cpu-nodes.js";

it("finds sines and what leads to them, and nothing behind them", () => {
  const graph = new GraphBuilder({ name: "embedding", opsets: { "": 17 } });
  const timestep = graph.input("timestep", "float32", [1]);
  const sample = graph.input("sample", "float32", [1, 4]);
  const angle = graph.op("Mul", [timestep, graph.floats([1, 2, 3, 4])], {}, { name: "angle" });
  const sine = graph.op("Sin", [angle], {}, { name: "sine" });
  const other = graph.op("Relu", [sample], {}, { name: "other" });
  graph.output("y", graph.op("Add", [sine, other], {}, { name: "sum" }));
  expect(trigonometricNodes(graph.build().graph).sort()).toEqual(["angle", "sine"]);
});

it("finds what computes in float16 at each run, not what is made of weights alone", () => {
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
