import { GraphBuilder, type Model } from "@sunstep/onnx-graph";

/**
 * Adds the residuals of two ControlNets. Inputs: `NAME.0` and `NAME.1` for each name of `shapes`; outputs: `NAME`.
 */
export function buildResidualSum(shapes: Readonly<Record<string, readonly number[]>>): Model {
  const graph = new GraphBuilder({ name: "residual_sum", opsets: { "": 23 } });
  for (const [name, shape] of Object.entries(shapes)) {
    const terms = [0, 1].map((i) => graph.input(`${name}.${i}`, "float32", shape));
    graph.output(name, graph.op("Add", terms));
  }
  return graph.build();
}
