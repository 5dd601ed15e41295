import type { Pass } from "@sunstep/onnx-graph";
import { sourcesOf } from "./depth-first-order.js";

/**
 * Arranges nodes so that ONNX Runtime, which runs a graph depth first (`depthFirstOrder`), runs them nearly in the order in
 * which they stand now, and each as late as its readers allow. Of the nodes whose sources are placed, the last one
 * comes next: of two sources of a node, the one that stands earlier now then stands later, and runs first. A constant is
 * computed just before its reader, and a weight's gradient as soon as its layer's is there.
 */
export const keepOrder: Pass = {
  name: "keepOrder",
  run(model) {
    const { nodes } = model.graph;
    const sources = sourcesOf(nodes);
    const readers: number[][] = nodes.map(() => []);
    for (const [place, list] of sources.entries()) for (const source of list) readers[source]!.push(place);
    const waiting = sources.map((list) => list.length);
    const ready = nodes.flatMap((_, place) => (waiting[place] === 0 ? [place] : []));
    const order: number[] = [];
    for (let place = ready.pop(); place !== undefined; place = ready.pop()) {
      order.push(place);
      for (const reader of readers[place]!) if (--waiting[reader]! === 0) insert(ready, reader);
    }
    const modified = order.some((place, i) => place !== i);
    const sorted = order.map((place) => nodes[place]!);
    return { model: modified ? { ...model, graph: { ...model.graph, nodes: sorted } } : model, modified };
  },
};

/** Inserts a number into a rising list. */
function insert(list: number[], value: number): void {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]! < value) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, value);
}
