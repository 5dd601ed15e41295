import { GraphBuilder, type Model } from "@sunstep/onnx-graph";

/** Returns the smallest model. Loading it starts the engine and its device. */
export function probe(): Model {
  const graph = new GraphBuilder({ name: "probe", opsets: { "": 17 } });
  const x = graph.input("x", "float32", [1]);
  graph.output("y", graph.op("Add", [x, x]));
  return graph.build();
}
