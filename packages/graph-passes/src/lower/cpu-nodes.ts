// Selectors of the nodes that a session on WebGPU must compute on the CPU.
import type { Graph, Node } from "@sunstep/onnx-graph";

/**
 * Returns the names of the nodes that compute sines and cosines, and of all nodes that lead to them. WGSL allows an error
 * of 2^-11 in either (https://www.w3.org/TR/WGSL/#concrete-float-accuracy), and a timestep's embedding carries it into
 * the whole U-Net. Their values are few, so the nodes that lead to them run on the CPU too and nothing is read back.
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

/**
 * Returns the names of the nodes that compute in float16 at each run. Nodes that read weights alone run once, on the CPU,
 * while the model loads.
 */
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
