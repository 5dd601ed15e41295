import {
  codeOfDataType,
  type Graph,
  indexGraph,
  int,
  type Node,
  type NodeEmitter,
  type Value,
  valuesRead,
} from "@sunstep/onnx-graph";

/** The backward pass's access to the values of the forward pass. */
export interface ForwardValues {
  /** Returns the value `name`. `now` is a gradient that the backward pass has when it needs the value. */
  read(name: string, now: Value): Value;
}

export function keepAll(emit: NodeEmitter): ForwardValues {
  return { read: (name) => emit.value(name) };
}

/**
 * Keeps the values of `checkpoint`, inputs and constants, and copies the nodes between them (Chen et al. 2016,
 * arXiv 1604.06174). The copies read the kept values through `delay`.
 */
export function recomputing(emit: NodeEmitter, graph: Graph, checkpoint: readonly string[]): ForwardValues {
  const { producer } = indexGraph(graph);
  const constant = constantValues(graph);
  const asked = new Set(checkpoint);
  // A node's further outputs, such as a norm's statistics, come with its first one.
  const siblings = graph.nodes.flatMap(({ outputs }) =>
    outputs.some((output) => asked.has(output)) ? outputs : [],
  );
  const kept = new Set([...checkpoint, ...siblings, ...graph.inputs.map((input) => input.name)]);
  const copies = new Map<string, Value>();
  const delay = delaying(emit);

  function copyNode(node: Node, now: Value): void {
    const read = node.inputs.map((input) => (input === "" ? undefined : inputOfCopy(input, now)));
    const options = { domain: node.domain, name: `${node.name || node.op}/again` };
    const outputs = emit.ops(node.op, read, node.outputs.length, node.attributes, options);
    outputs.forEach((value, i) => {
      if (node.outputs[i]) copies.set(node.outputs[i], value);
    });
  }

  function inputOfCopy(name: string, now: Value): Value {
    if (constant.has(name)) return emit.value(name);
    const copy = copies.get(name);
    if (copy) return copy;
    const node = kept.has(name) ? undefined : producer(name);
    if (node) copyNode(node, now);
    else copies.set(name, delay(emit.value(name), now));
    return copies.get(name)!;
  }

  return {
    read: (name, now) => (kept.has(name) || constant.has(name) ? emit.value(name) : inputOfCopy(name, now)),
  };
}

/**
 * Returns a function that gives the same value, but not before the gradient `now`: an Unsqueeze along an axis that is 0
 * and depends on the gradient, undone by a Squeeze. A runtime can then neither run a copied node before the backward pass
 * has come there, nor find that it is a copy. No data is moved.
 */
function delaying(emit: NodeEmitter): (value: Value, now: Value) => Value {
  const zeros = new Map<string, Value>();

  /** int64 [1], 0, known only when `gradient` is. */
  function zeroAfter(gradient: Value): Value {
    const known = zeros.get(gradient.name);
    if (known) return known;
    const flat = emit.op("Reshape", [gradient, emit.ints([-1])]);
    const first = emit.op("Slice", [flat, emit.ints([0]), emit.ints([1]), emit.ints([0])]);
    const invalid = emit.op("Cast", [emit.op("IsNaN", [first])], { to: int(codeOfDataType("int64")) });
    const zero = emit.op("Mul", [invalid, emit.ints([0])]);
    zeros.set(gradient.name, zero);
    return zero;
  }

  return ({ dtype, shape, name }, now) => {
    const types = [{ dtype, shape: [1, ...shape] }];
    const wrapped = emit.op(
      "Unsqueeze",
      [{ dtype, shape, name }, zeroAfter(now)],
      {},
      { name: "kept", types },
    );
    return emit.op("Squeeze", [wrapped, emit.ints([0])], {}, { name: "kept" });
  };
}

/** Initializers, and the values that follow from them alone: a runtime computes those once, when it loads the model. */
function constantValues({ nodes, initializers }: Graph): ReadonlySet<string> {
  const constant = new Set(initializers.keys());
  for (const node of nodes)
    if (valuesRead(node).every((input) => constant.has(input)))
      for (const output of node.outputs) constant.add(output);
  return constant;
}
