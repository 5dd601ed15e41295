import { elementCount, type Model } from "@sunstep/onnx-graph";

/** Returns the bytes that a model's weights take as float32. */
export function weightBytes({ graph }: Model): number {
  let elements = 0;
  for (const { shape } of graph.initializers.values()) elements += elementCount(shape);
  return 4 * elements;
}
