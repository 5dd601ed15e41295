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

/** How the backward pass reads what the forward pass made. */
export interface ForwardValues {
  /** `now`: a gradient that is known when the value is needed. */
  read(name: string, now: Value): Value;
}

export function keepAll(emit: NodeEmitter): ForwardValues {
  return { read: (name) => emit.value(name) };
}

/**
 * Keeps the values of `checkpoint`, inputs and constants, and makes copies of the nodes between them
 * (Chen et al. 2016, arXiv 1604.06174). The copies read the kept values through an Unsqueeze whose axis depends on a
 * gradient: so a runtime cannot run them before the backward pass has come there, nor find that they are copies.
 */
export function recomputing(emit: NodeEmitter, graph: Graph, checkpoint: readonly string[]): ForwardValues {
  const { producer } = indexGraph(graph);
  const constant = constantValues(graph);
  const inputs = new Set(graph.inputs.map((input) => input.name));
  const kept = new Set([...checkpoint, ...inputs]);
  const copies = new Map<string, Value>();
  const zerosAfter = new Map<string, Value>();

  /** int64 [1], 0, known only when `gradient` is. */
  function zeroAfter(gradient: Value): Value {
    let zero = zerosAfter.get(gradient.name);
    if (!zero) {
      const flat = emit.op("Reshape", [gradient, emit.ints([-1])]);
      const first = emit.op("Slice", [flat, emit.ints([0]), emit.ints([1]), emit.ints([0])]);
      const invalid = emit.op("Cast", [emit.op("IsNaN", [first])], { to: int(codeOfDataType("int64")) });
      zero = emit.op("Mul", [invalid, emit.ints([0])]);
      zerosAfter.set(gradient.name, zero);
    }
    return zero;
  }

  /** The same value, but not before `now`. No data is moved. */
  function delayed(value: Value, now: Value): Value {
    const zero = zeroAfter(now);
    const wrapped = emit.op("Unsqueeze", [value, emit.ints([0])], {}, { name: "kept" });
    const result = emit.op("Squeeze", [wrapped, emit.ints([0])], {}, { name: "kept" });
    // The axis is known here, but must not be to the runtime, nor the shape that follows from it.
    const [unsqueeze, squeeze] = emit.nodes.splice(-2) as [Node, Node];
    emit.nodes.push({ ...unsqueeze, inputs: [value.name, zero.name] }, squeeze);
    emit.values.delete(wrapped.name);
    return result;
  }

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
    else copies.set(name, delayed(emit.value(name), now));
    return copies.get(name)!;
  }

  return {
    read: (name, now) => (kept.has(name) || constant.has(name) ? emit.value(name) : inputOfCopy(name, now)),
  };
}

/** Initializers, and what follows from them alone: a runtime computes it once, when it loads the model. */
function constantValues({ nodes, initializers }: Graph): ReadonlySet<string> {
  const constant = new Set(initializers.keys());
  for (const node of nodes)
    if (valuesRead(node).every((input) => constant.has(input)))
      for (const output of node.outputs) constant.add(output);
  return constant;
}
