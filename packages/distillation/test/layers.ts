import { float32Data, GraphBuilder, int, type Model } from "@sunstep/onnx-graph";

/** The number of trained weights of `layers`. */
export const layersLength = 36;

/**
 * The mean square of four layers tanh(… tanh(x W)) of `rows` samples, of which `parameters` holds the weights; `bends` are the
 * tanhs of a layer.
 */
export function layers(rows = 2, bends = 1): Model {
  const graph = new GraphBuilder({ name: "layers", opsets: { "": 17 } });
  const parameters = graph.input("parameters", "float32", [layersLength]);
  let value = graph.input("x", "float32", [rows, 3]);
  for (const i of [0, 1, 2, 3]) {
    const range = [9 * i, 9 * (i + 1)].map((at) => graph.ints([at]));
    const weight = graph.op("Reshape", [graph.op("Slice", [parameters, ...range]), graph.ints([3, 3])]);
    value = graph.op("MatMul", [value, weight]);
    for (let bend = 1; bend < bends; bend++) value = graph.op("Tanh", [value]);
    value = graph.op("Tanh", [value], {}, { name: `layer${i}` });
  }
  const error = graph.op("Sub", [value, graph.initializer("target", float32Data([0.5], []))]);
  graph.output("loss", graph.op("ReduceMean", [graph.op("Mul", [error, error])], { keepdims: int(0) }));
  return graph.build();
}
