// Nodes that the processor must compute in a session on WebGPU.
import type { Graph, Node } from "@sunstep/onnx-graph";

/**
 * Names of the nodes that compute sines and cosines, and of those that lead to them: WGSL allows either to be off by
 * 2^-11 (https://www.w3.org/TR/WGSL/#concrete-float-accuracy), which a timestep's embedding carries into all of a U-Net.
 * They are few numbers, so what leads there is done on the processor too and nothing is read back for it.
 */
export function trigonometricNodes(graph: Graph): string[] {
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node])));
  const found = new Set<Node>();
  const follow = (node: Node) => {
    if (found.has(node)) return;
    found.add(node);
    for (const input of node.inputs) {
      const producer = producers.get(input);
      if (producer) follow(producer);
    }
  };
  for (const node of graph.nodes) if (node.op === "Sin" || node.op === "Cos") follow(node);
  return [...found].map(({ name }) => name);
}

/** Names of the nodes that compute in float16 at each run: those of weights alone are done at load, on the processor. */
export function float16Nodes(graph: Graph): string[] {
  const types = new Map([...graph.values, ...graph.inputs.map((input) => [input.name, input] as const)]);
  for (const output of graph.outputs) types.set(output.name, output);
  return graph.nodes
    .filter(({ inputs, outputs }) => {
      const varying = inputs.some((name) => types.has(name) && !graph.initializers.has(name));
      return varying && [...inputs, ...outputs].some((name) => types.get(name)?.dtype === "float16");
    })
    .map(({ name }) => name);
}
