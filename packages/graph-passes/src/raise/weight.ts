import type { GraphIndex } from "@sunstep/onnx-graph";

/** Tells whether a value is a weight as it is stored, or cast to another type. */
export function isWeight(value: string, index: GraphIndex): boolean {
  const node = index.producer(value);
  return index.isInitializer(value) || (node?.op === "Cast" && isWeight(node.inputs[0] ?? "", index));
}
