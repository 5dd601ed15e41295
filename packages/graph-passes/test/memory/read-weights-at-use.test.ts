import { GraphBuilder, type Initializer, int, type Model, runPasses, type Value } from "@sunstep/onnx-graph";
import { describe, expect, it } from "vitest";
import { depthFirstOrder, readWeightsAtUse } from "../../src/index.js";
import { peakOf } from "../../src/memory/peak-bytes.js";

const SIDE = 256;
const MATRIX = 4 * SIDE * SIDE;

const half: Initializer = {
  dtype: "float16",
  shape: [SIDE, SIDE],
  data: { kind: "inline", bytes: new Uint8Array(2 * SIDE * SIDE) },
};

/** x W1 W2 … with weights in float16, and a second product with each weight in reverse order, as in a backward pass. */
function thereAndBack(layers: number): Model {
  const graph = new GraphBuilder({ name: "layers", opsets: { "": 17 } });
  let value: Value = graph.input("x", "float32", [1, SIDE]);
  const weights = Array.from({ length: layers }, (_, i) =>
    graph.op("Cast", [graph.initializer(`w${i}`, half)], { to: int(1) }, { name: `cast${i}` }),
  );
  for (const weight of weights) value = graph.op("MatMul", [value, weight]);
  for (const weight of weights.toReversed()) value = graph.op("MatMul", [value, weight]);
  graph.output("y", value);
  return graph.build();
}

const runOrder = (model: Model) =>
  depthFirstOrder(model.graph).map((place) => model.graph.nodes[place]!.name);

describe("readWeightsAtUse", () => {
  it("holds one weight at a time, where a graph as it stands holds all", () => {
    const model = thereAndBack(5);
    const vectors = 2 * 4 * SIDE;
    expect(peakOf(model).bytes).toBeGreaterThan(5 * MATRIX);
    const arranged = runPasses(model, readWeightsAtUse).model;
    expect(peakOf(arranged).bytes).toBe(MATRIX + vectors);
  });

  it("gives each reader of a weight its own Cast, and keeps every other node", () => {
    const { nodes } = runPasses(thereAndBack(3), readWeightsAtUse).model.graph;
    expect(nodes.filter(({ op }) => op === "Cast")).toHaveLength(6);
    expect(nodes.filter(({ op }) => op === "MatMul")).toHaveLength(6);
  });

  it("runs the gradients of weights as soon as their layer's gradient is there", () => {
    // g1, g2, g3 follow from each other; each has a large factor that only its own sum reads.
    const graph = new GraphBuilder({ name: "chain", opsets: { "": 17 } });
    let gradient: Value = graph.input("g", "float32", [SIDE]);
    const sums: Value[] = [];
    for (const i of [1, 2, 3]) {
      gradient = graph.op("Tanh", [gradient], {}, { name: `g${i}` });
      const wide = graph.op("Expand", [gradient, graph.ints([SIDE, SIDE])], {}, { name: `wide${i}` });
      sums.push(graph.op("ReduceSum", [wide, graph.ints([0])], {}, { name: `sum${i}` }));
    }
    graph.output("all", graph.op("Concat", sums, { axis: int(0) }));
    const model = graph.build();
    expect(runOrder(model).slice(0, 3)).toEqual(["g1", "g2", "g3"]);
    expect(runOrder(runPasses(model, readWeightsAtUse).model).slice(0, 4)).toEqual([
      "g1",
      "wide1",
      "sum1",
      "g2",
    ]);
  });

  it("leaves a graph alone that has no choice", () => {
    const graph = new GraphBuilder({ name: "line", opsets: { "": 17 } });
    graph.output("y", graph.op("Tanh", [graph.op("Neg", [graph.input("x", "float32", [2])])]));
    expect(runPasses(graph.build(), readWeightsAtUse).modified).toBe(false);
  });
});

describe("peakOf", () => {
  it("counts no copy for another shape, and none where a result takes its input's place", () => {
    const graph = new GraphBuilder({ name: "views", opsets: { "": 17 } });
    const doubled = graph.op("Concat", [graph.input("x", "float32", [4]), graph.floats([1], [1])], {
      axis: int(0),
    });
    const shaped = graph.op("Reshape", [doubled, graph.ints([5, 1])]);
    graph.output("y", graph.op("Sqrt", [graph.op("Mul", [shaped, shaped])]));
    expect(peakOf(graph.build())).toMatchObject({ bytes: 20 });
  });

  it("names the values that are alive at the peak, largest first, and the node that runs", () => {
    const graph = new GraphBuilder({ name: "peak", opsets: { "": 17 } });
    const x = graph.input("x", "float32", [8]);
    const wide = graph.op("Concat", [x, x], { axis: int(0) }, { name: "wide" });
    const sum = graph.op("ReduceSum", [wide], { keepdims: int(1) }, { name: "sum" });
    graph.output("y", graph.op("Neg", [sum], {}, { name: "y" }));
    const { bytes, node, values } = peakOf(graph.build());
    expect({ bytes, node, values: [...values] }).toEqual({
      bytes: 68,
      node: "sum",
      values: [
        ["wide", 64],
        ["sum", 4],
      ],
    });
  });
});
