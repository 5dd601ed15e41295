import { type Graph, type Node, valuesRead } from "@sunstep/onnx-graph";

/** For each node, the places of the nodes whose values it reads. */
export function sourcesOf(nodes: readonly Node[]): readonly (readonly number[])[] {
  const producer = new Map<string, number>();
  for (const [place, { outputs }] of nodes.entries())
    for (const output of outputs) if (output !== "") producer.set(output, place);
  return nodes.map((node) => [...new Set(valuesRead(node).flatMap((value) => producer.get(value) ?? []))]);
}

/**
 * Returns the places of a graph's nodes in the order in which ONNX Runtime runs them, if it does not rewrite the graph:
 * depth first from the nodes whose values no other node reads, the later place of a node's sources first
 * (onnxruntime/core/graph/graph.cc, ReverseDFSFrom, as called by GraphViewer).
 */
export function depthFirstOrder({ nodes }: Pick<Graph, "nodes">): number[] {
  const sources = sourcesOf(nodes).map((places) => places.toSorted((a, b) => a - b));
  const isRead = new Set(sources.flat());
  const stack = nodes.flatMap((_, place) => (isRead.has(place) ? [] : [{ place, isLeft: false }]));
  const seen = new Set<number>();
  const order: number[] = [];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { place, isLeft } = next;
    if (isLeft) order.push(place);
    else if (!seen.has(place)) {
      seen.add(place);
      stack.push({ place, isLeft: true });
      for (const source of sources[place]!)
        if (!seen.has(source)) stack.push({ place: source, isLeft: false });
    }
  }
  return order;
}
