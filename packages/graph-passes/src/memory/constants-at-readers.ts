import { byteLength, indexGraph, type Node, type Pass, staticShape, valuesRead } from "@sunstep/onnx-graph";

/** Constants of fewer bytes are left alone: biases and scales. */
const SMALLEST = 2 ** 16;

/**
 * Gives every reader of a large value that follows from weights alone, such as a Cast to float32, its own copy of the nodes
 * that compute it. Where such values are computed in each run, none then lives from the forward to the backward pass.
 */
export const constantsAtReaders: Pass = {
  name: "constantsAtReaders",
  run(model) {
    const { graph } = model;
    const { producer, type } = indexGraph(graph);
    const constant = new Set(graph.initializers.keys());
    const known = new Set(constant);
    for (const node of graph.nodes)
      if (valuesRead(node).every((value) => known.has(value)))
        for (const output of node.outputs) known.add(output);
    const isLarge = (value: string) => {
      const { dtype, shape } = type(value) ?? {};
      const sizes = staticShape(shape);
      return (
        dtype !== undefined &&
        dtype !== "unknown" &&
        sizes !== undefined &&
        byteLength(dtype, sizes) >= SMALLEST
      );
    };
    const isComputed = (value: string) => known.has(value) && !constant.has(value) && isLarge(value);
    const values = new Map(graph.values);
    const nodes: Node[] = [];
    let copies = 0;

    /** Emits a copy of the nodes that compute a constant, and returns the copy's name. */
    function copyOf(value: string): string {
      const node = producer(value)!;
      const suffix = `/at/${copies++}`;
      const inputs = node.inputs.map((input) => (isComputed(input) ? copyOf(input) : input));
      const outputs = node.outputs.map((output) => {
        const named = output && `${output}${suffix}`;
        const kind = type(output);
        if (named && kind) values.set(named, kind);
        return named;
      });
      nodes.push({ ...node, name: `${node.name}${suffix}`, inputs, outputs });
      return `${value}${suffix}`;
    }

    const outputs = new Set(graph.outputs.map(({ name }) => name));
    for (const node of graph.nodes) {
      const isConstant = node.outputs.every((output) => known.has(output));
      if (isConstant && node.outputs.every((output) => !outputs.has(output)) && node.outputs.some(isLarge))
        continue;
      const inputs = node.inputs.map((input) => (isComputed(input) ? copyOf(input) : input));
      nodes.push({ ...node, inputs });
    }
    const modified = copies > 0;
    return { model: modified ? { ...model, graph: { ...graph, nodes, values } } : model, modified };
  },
};
