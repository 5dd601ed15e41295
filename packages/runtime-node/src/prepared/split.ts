import {
  elementCount,
  type Graph,
  type GraphIndex,
  type Initializer,
  indexGraph,
  type Model,
  type NamedValue,
  type Node,
  staticShape,
} from "@sunstep/onnx-graph";

/**
 * Cuts a model into consecutive pieces of about `pieceBytes` of float32 weights, where few values cross. A piece reads
 * graph inputs and outputs of earlier pieces. Nodes that depend on weights only (casts, transposes, LoRA products) go
 * with their reader. Returns the model itself if types are missing or nodes contain subgraphs.
 */
export function splitModel(model: Model, pieceBytes: number): Model[] {
  const { graph } = model;
  const live = liveNodes(graph);
  const made = new Set(live.flatMap((node) => node.outputs));
  const hasSubgraphs = graph.nodes.some((node) =>
    Object.values(node.attributes).some(({ type }) => type === "graph"),
  );
  if (hasSubgraphs || !graph.outputs.every((output) => made.has(output.name))) return [model];
  const constants = constantReader(graph, live);
  const crossing = crossingValues(graph, live);
  const index = indexGraph(graph);
  const isTyped = (value: string) => staticShape(index.type(value)?.shape) !== undefined;
  const weights = weightSizes(live, constants);

  const pieces: Node[][] = [];
  let begin = 0;
  let bytes = 0;
  let best: { end: number; score: number } | undefined;
  for (let end = 1; end < live.length; end++) {
    bytes += weights[end - 1]!;
    if (bytes < pieceBytes) continue;
    const values = crossing[end]!;
    if (values.every(isTyped)) {
      // Prefer cuts with few crossing values; among equals, the residual stream, which has two readers.
      const readers = index.consumers(live[end - 1]!.outputs[0] ?? "").length;
      const score = values.length - Math.min(readers, 9) / 10;
      if (!best || score < best.score) best = { end, score };
    }
    if (best && bytes >= 1.5 * pieceBytes) {
      pieces.push(live.slice(begin, best.end));
      begin = best.end;
      bytes = weights.slice(begin, end).reduce((sum, size) => sum + size, 0);
      best = undefined;
    }
  }
  pieces.push(live.slice(begin));
  if (pieces.length === 1) return [model];
  return pieces.map((nodes, i) =>
    pieceModel({ model, index, constants }, nodes, i, readAfter(graph, pieces, i)),
  );
}

/** Returns the nodes that depend on a graph input, in order. */
function liveNodes(graph: Graph): Node[] {
  const live = new Set(graph.inputs.map((input) => input.name));
  return graph.nodes.filter((node) => {
    const isLive = node.inputs.some((input) => live.has(input));
    if (isLive) for (const output of node.outputs) live.add(output);
    return isLive;
  });
}

interface Constants {
  /** The nodes, in order, and initializers that a live node's constant inputs are made of. */
  readonly of: (node: Node) => { readonly nodes: readonly Node[]; readonly initializers: readonly string[] };
  readonly initializer: (name: string) => Initializer;
}

function constantReader(graph: Graph, liveNodes: readonly Node[]): Constants {
  const live = new Set(liveNodes);
  const makers = new Map(
    graph.nodes
      .filter((node) => !live.has(node))
      .flatMap((node) => node.outputs.map((output) => [output, node] as const)),
  );
  return {
    of(reader) {
      const nodes = new Set<Node>();
      const initializers = new Set<string>();
      const visit = (value: string) => {
        if (graph.initializers.has(value)) initializers.add(value);
        const maker = makers.get(value);
        if (!maker || nodes.has(maker)) return;
        maker.inputs.forEach(visit);
        nodes.add(maker);
      };
      reader.inputs.forEach(visit);
      return { nodes: [...nodes], initializers: [...initializers] };
    },
    initializer: (name) => graph.initializers.get(name)!,
  };
}

/** Returns for each node the bytes of float32 weights that it is the first to read. */
function weightSizes(nodes: readonly Node[], constants: Constants): number[] {
  const counted = new Set<string>();
  return nodes.map((node) => {
    const fresh = constants.of(node).initializers.filter((name) => !counted.has(name));
    for (const name of fresh) counted.add(name);
    return fresh.reduce((sum, name) => sum + 4 * elementCount(constants.initializer(name).shape), 0);
  });
}

/** Returns for each position the computed values that are made before it and read after it. */
function crossingValues(graph: Graph, nodes: readonly Node[]): string[][] {
  const lastRead = new Map<string, number>();
  nodes.forEach((node, i) => {
    for (const input of node.inputs) lastRead.set(input, i);
  });
  for (const { name } of graph.outputs) lastRead.set(name, nodes.length);
  const open = new Set<string>();
  const crossing: string[][] = [[]];
  nodes.forEach((node, i) => {
    for (const output of node.outputs) if ((lastRead.get(output) ?? -1) > i) open.add(output);
    for (const input of node.inputs) if (lastRead.get(input) === i) open.delete(input);
    crossing.push([...open]);
  });
  return crossing;
}

function readAfter(graph: Graph, pieces: readonly Node[][], piece: number): Set<string> {
  const later = pieces.slice(piece + 1).flatMap((nodes) => nodes.flatMap((node) => node.inputs));
  return new Set([...later, ...graph.outputs.map((output) => output.name)]);
}

interface Context {
  readonly model: Model;
  readonly index: GraphIndex;
  readonly constants: Constants;
}

function pieceModel(
  { model, index, constants }: Context,
  nodes: readonly Node[],
  number: number,
  readLater: ReadonlySet<string>,
): Model {
  const { graph } = model;
  const typed = (name: string): NamedValue => ({ name, ...index.type(name)! });
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const needed = nodes.map((node) => constants.of(node));
  const constantNodes = [...new Set(needed.flatMap((need) => need.nodes))];
  const constantValues = new Set(constantNodes.flatMap((node) => node.outputs));
  const initializers = new Map(
    needed.flatMap((need) => need.initializers).map((name) => [name, constants.initializer(name)]),
  );
  const read = new Set(nodes.flatMap((node) => node.inputs).filter((input) => input !== ""));
  const inputs = [...read].filter(
    (name) => !made.has(name) && !initializers.has(name) && !constantValues.has(name),
  );
  const values = [...made, ...constantValues].flatMap((name) => {
    const type = graph.values.get(name);
    return type ? [[name, type] as const] : [];
  });
  return {
    ...model,
    graph: {
      name: `${graph.name}/${number}`,
      inputs: inputs.map(typed),
      outputs: [...made].filter((name) => readLater.has(name)).map(typed),
      nodes: [...constantNodes, ...nodes],
      initializers,
      values: new Map(values),
    },
  };
}
