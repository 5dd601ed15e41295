import { type Attributes, indexGraph, numberAttribute, type Pass, removeDeadCode } from "@sunstep/onnx-graph";

/** The widest block of ONNX Runtime's blocked layout: multiples of it have no padding on any processor. */
const BLOCK = 16;

/**
 * Replaces ReorderInput(ReorderOutput(x)) by x (onnxruntime/core/optimizer/nchwc_transformer.cc makes these). The pair
 * arises at a cut between two blocked convolutions, where one piece leaves the blocked layout and the next enters it.
 */
export const cancelReorders: Pass = {
  name: "cancelReorders",
  run(model) {
    const { graph } = model;
    const index = indexGraph(graph);
    const blocked = new Map<string, string>();
    for (const { op, domain, inputs, outputs, attributes } of graph.nodes) {
      const source = index.producer(inputs[0] ?? "");
      const isPair =
        domain === "com.microsoft.nchwc" && op === "ReorderInput" && source?.op === "ReorderOutput";
      if (!isPair || lastChannels(attributes) || lastChannels(source.attributes)) continue;
      const channels = numberAttribute(source.attributes, "channels", 0);
      if (channels > 0 && channels % BLOCK === 0) blocked.set(outputs[0]!, source.inputs[0]!);
    }
    if (blocked.size === 0) return { model, modified: false };
    const nodes = graph.nodes
      .filter((node) => !blocked.has(node.outputs[0] ?? ""))
      .map((node) => ({ ...node, inputs: node.inputs.map((input) => blocked.get(input) ?? input) }));
    return { model: removeDeadCode.run({ ...model, graph: { ...graph, nodes } }).model, modified: true };
  },
};

function lastChannels(attributes: Attributes): boolean {
  return numberAttribute(attributes, "channels_last", 0) === 1;
}
