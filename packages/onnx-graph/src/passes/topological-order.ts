import { onnxError } from "../errors.js";
import { valuesRead } from "../graph-index.js";
import type { Node } from "../model.js";
import type { Pass } from "../pass.js";

/** Orders nodes so that each comes after the values that it reads (Kahn's algorithm, stable). Throws ONNX_CYCLE. */
export const sortTopologically: Pass = {
  name: "sortTopologically",
  run(model) {
    const { nodes } = model.graph;
    const producers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
    const waiting = new Map<Node, number>();
    const readers = new Map<Node, Node[]>();
    for (const node of nodes) {
      const sources = new Set(valuesRead(node).flatMap((value) => producers.get(value) ?? []));
      waiting.set(node, sources.size);
      for (const source of sources) {
        const list = readers.get(source);
        if (list) list.push(node);
        else readers.set(source, [node]);
      }
    }
    const sorted = nodes.filter((node) => waiting.get(node) === 0);
    for (let i = 0; i < sorted.length; i++) {
      for (const reader of readers.get(sorted[i]!) ?? []) {
        const left = waiting.get(reader)! - 1;
        waiting.set(reader, left);
        if (left === 0) sorted.push(reader);
      }
    }
    if (sorted.length !== nodes.length) {
      const stuck = nodes.find((node) => waiting.get(node)! > 0)!;
      throw onnxError("ONNX_CYCLE", `the graph has a cycle through node ${stuck.name || stuck.op}`, {
        node: stuck.name,
      });
    }
    const modified = sorted.some((node, i) => node !== nodes[i]);
    return { model: modified ? { ...model, graph: { ...model.graph, nodes: sorted } } : model, modified };
  },
};
