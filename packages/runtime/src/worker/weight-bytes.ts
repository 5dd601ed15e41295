import { elementCount, type Model } from "@sunstep/onnx-graph";

/** What a model's weights take once they are float32. */
export function weightBytes({ graph }: Model): number {
  let elements = 0;
  for (const { shape } of graph.initializers.values()) elements += elementCount(shape);
  return 4 * elements;
}
