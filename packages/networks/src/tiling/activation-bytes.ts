import { byteLength, type Model, staticShape, valuesRead } from "@sunstep/onnx-graph";

/**
 * Estimates the memory that a run needs beside its weights: the largest sum of the values that are computed from inputs
 * and still read later, node by node, as ONNX Runtime frees them. Lowering and packing for kernels are not counted.
 */
export function activationBytes({ graph }: Model): number {
  const varying = new Set(graph.inputs.map(({ name }) => name));
  const lastRead = new Map<string, number>();
  graph.nodes.forEach((node, i) => {
    for (const value of valuesRead(node)) lastRead.set(value, i);
  });
  for (const { name } of graph.outputs) lastRead.set(name, graph.nodes.length);
  const bytesOf = (name: string) => {
    const type = graph.values.get(name);
    const shape = staticShape(type?.shape);
    return type && shape && type.dtype !== "unknown" ? byteLength(type.dtype, shape) : 0;
  };
  let held = 0;
  let most = 0;
  graph.nodes.forEach((node, i) => {
    const read = new Set(valuesRead(node).filter((value) => varying.has(value)));
    if (read.size === 0) return;
    for (const output of node.outputs) {
      varying.add(output);
      held += bytesOf(output);
    }
    most = Math.max(most, held);
    for (const value of [...read, ...node.outputs])
      if ((lastRead.get(value) ?? i) <= i) held -= bytesOf(value);
  });
  return most;
}
