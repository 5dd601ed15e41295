import { type Graph, indexGraph, type Node, valuesRead } from "@sunstep/onnx-graph";

/** Consecutive nodes of the forward pass. */
export interface Segment {
  readonly nodes: readonly Node[];
  /** Values made before the segment's end and read after it. */
  readonly crossing: ReadonlySet<string>;
}

/**
 * Cuts the nodes that depend on a graph input into about `count` segments of equal bytes of values, each where the fewest
 * bytes cross.
 */
export function cutIntoSegments(graph: Graph, count: number): Segment[] {
  const sizeOf = indexGraph(graph).bytes;
  const nodes = nodesOfInputs(graph);
  const made = nodes.map(({ outputs }) => outputs.reduce((sum, output) => sum + sizeOf(output), 0));
  const share = made.reduce((sum, bytes) => sum + bytes, 0) / count;
  const crossing = crossingBytes(nodes, sizeOf);
  const ends: number[] = [];
  let [begin, bytes] = [0, 0];
  let best: number | undefined;
  for (let end = 1; end < nodes.length; end++) {
    bytes += made[end - 1]!;
    if (bytes < share / 2) continue;
    if (best === undefined || crossing[end]! < crossing[best]!) best = end;
    if (bytes < share) continue;
    ends.push(best);
    begin = best;
    bytes = made.slice(begin, end).reduce((sum, size) => sum + size, 0);
    best = undefined;
  }
  ends.push(nodes.length);
  return ends.map((end, i) => ({
    nodes: nodes.slice(i === 0 ? 0 : ends[i - 1]!, end),
    crossing: crossingAt(nodes, end),
  }));
}

/** Returns the nodes that depend on a graph input: a runtime computes the others once, or as it needs them. */
function nodesOfInputs({ inputs, nodes }: Graph): Node[] {
  const reached = new Set(inputs.map(({ name }) => name));
  return nodes.filter((node) => {
    const isReached = valuesRead(node).some((value) => reached.has(value));
    if (isReached) for (const output of node.outputs) reached.add(output);
    return isReached;
  });
}

/** Returns for each position between nodes the bytes that are made before it and read after it. */
function crossingBytes(nodes: readonly Node[], sizeOf: (value: string) => number): number[] {
  const lastRead = lastReads(nodes);
  const changes = new Array<number>(nodes.length + 1).fill(0);
  for (const [place, { outputs }] of nodes.entries()) {
    for (const output of outputs) {
      const last = lastRead.get(output);
      if (last === undefined) continue;
      changes[place + 1]! += sizeOf(output);
      changes[last + 1]! -= sizeOf(output);
    }
  }
  let open = 0;
  return changes.map((change) => {
    open += change;
    return open;
  });
}

function crossingAt(nodes: readonly Node[], end: number): ReadonlySet<string> {
  const before = new Set(nodes.slice(0, end).flatMap(({ outputs }) => outputs));
  return new Set(nodes.slice(end).flatMap((node) => valuesRead(node).filter((value) => before.has(value))));
}

function lastReads(nodes: readonly Node[]): ReadonlyMap<string, number> {
  return new Map(nodes.flatMap((node, place) => valuesRead(node).map((value) => [value, place] as const)));
}
