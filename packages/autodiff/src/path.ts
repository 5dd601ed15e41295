import { type Graph, indexGraph, valuesRead } from "@sunstep/onnx-graph";
import { isFloat } from "./is-float.js";

/** Operators with a gradient of zero nearly everywhere. */
const piecewiseConstant = new Set(["Ceil", "Floor", "Round", "Sign"]);

/** Returns the values between `wanted` and `loss`, both included: they depend on the one, and the other depends on them. */
export function findPath(graph: Graph, wanted: Iterable<string>, loss: string): ReadonlySet<string> {
  const { type } = indexGraph(graph);
  const depends = new Set(wanted);
  for (const node of graph.nodes) {
    if (piecewiseConstant.has(node.op) || !valuesRead(node).some((input) => depends.has(input))) continue;
    for (const output of node.outputs) if (isFloat(type(output)?.dtype ?? "bool")) depends.add(output);
  }
  const path = new Set(depends.has(loss) ? [loss] : []);
  for (const node of graph.nodes.toReversed()) {
    if (piecewiseConstant.has(node.op) || !node.outputs.some((output) => path.has(output))) continue;
    for (const input of valuesRead(node)) if (depends.has(input)) path.add(input);
  }
  return path;
}
