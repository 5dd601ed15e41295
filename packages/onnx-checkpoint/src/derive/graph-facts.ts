// Facts about a network that its raised graph tells.

import { type GraphIndex, indexGraph, type Model, type Node, numberAttribute } from "@sunstep/onnx-graph";

export interface GraphFacts {
  readonly model: Model;
  readonly index: GraphIndex;
  readonly nodes: readonly Node[];
  /** The nodes of an operator, in the order of the graph. */
  of(op: string): readonly Node[];
  shape(value: string | undefined): readonly number[];
  /** The number of channels of a node's result. */
  channels(node: Node): number;
  /** The height of a node's result. */
  height(node: Node): number;
  /** Group norms before an activation: those of residual blocks, and the last one. Others are those of transformers. */
  isActivated(norm: Node): boolean;
}

export function factsOf(model: Model): GraphFacts {
  const index = indexGraph(model.graph);
  const { nodes } = model.graph;
  const shape = (value: string | undefined) => (index.type(value ?? "")?.shape ?? []) as readonly number[];
  return {
    model,
    index,
    nodes,
    of: (op) => nodes.filter((node) => node.op === op && node.domain === ""),
    shape,
    channels: (node) => shape(node.outputs[0])[1] ?? 0,
    height: (node) => shape(node.outputs[0])[2] ?? 0,
    isActivated: ({ outputs }) => index.consumers(outputs[0] ?? "").some(({ op }) => op === "Sigmoid"),
  };
}

/** Float16 exports round epsilons. */
export function epsilonOf(node: Node | undefined): number {
  return node ? Number(numberAttribute(node.attributes, "epsilon", 1e-5).toPrecision(1)) : 1e-5;
}

/** One value for all blocks, where all are equal. */
export function shortest<T>(values: readonly T[]): T | readonly T[] {
  return values.every((value) => value === values[0]) ? values[0]! : values;
}
