import type { Graph, Model, Node } from "@sunstep/onnx-graph";

/** Joins the pieces of a model. Values that cross keep their names; all others are prefixed with their piece's number. */
export function mergePieces(whole: Model, pieces: readonly Model[]): Model {
  const shared = new Set([
    ...whole.graph.inputs.map((input) => input.name),
    ...pieces.flatMap((piece) => [...piece.graph.inputs, ...piece.graph.outputs].map((value) => value.name)),
  ]);
  const graphs = pieces.map(({ graph }, i) =>
    pieces.length === 1
      ? graph
      : renamed(graph, (name) => (name === "" || shared.has(name) ? name : `${i}/${name}`)),
  );
  return {
    ...whole,
    opsets: Object.assign({}, ...pieces.map((piece) => piece.opsets)) as Record<string, number>,
    graph: {
      ...whole.graph,
      nodes: graphs.flatMap((graph) => graph.nodes),
      initializers: new Map(graphs.flatMap((graph) => [...graph.initializers])),
      values: new Map(
        graphs.flatMap((graph) => [
          ...graph.values,
          ...graph.outputs.map((output) => [output.name, output] as const),
        ]),
      ),
    },
  };
}

function renamed(graph: Graph, rename: (name: string) => string): Graph {
  const nodes = graph.nodes.map(
    (node): Node => ({
      ...node,
      name: rename(node.name),
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    }),
  );
  return {
    ...graph,
    nodes,
    initializers: new Map([...graph.initializers].map(([name, initializer]) => [rename(name), initializer])),
    values: new Map([...graph.values].map(([name, type]) => [rename(name), type])),
  };
}
