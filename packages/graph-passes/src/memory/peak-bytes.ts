import { indexGraph, type Model, type Node, valuesRead } from "@sunstep/onnx-graph";
import { depthFirstOrder } from "./depth-first-order.js";

/** Operators whose result is their first input under another shape, without a copy. */
const views = new Set(["Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"]);

/** Operators that may write their result over an input that is not read again (`MayInplace` of ONNX Runtime's kernels). */
const inPlace = new Set(["Add", "Div", "Exp", "Mul", "Neg", "Reciprocal", "Sigmoid", "Sqrt", "Sub", "Tanh"]);

/** A value in memory, from the place in the order of the node that makes it to that before which it is freed. */
interface Life {
  readonly value: string;
  readonly bytes: number;
  readonly begin: number;
  readonly end: number;
}

/** The values that are alive when a graph needs most memory. */
export interface Peak {
  readonly bytes: number;
  /** The node that runs then. */
  readonly node: string;
  /** Bytes of each value, largest first. */
  readonly values: ReadonlyMap<string, number>;
}

/**
 * Computes the most bytes of values alive at once when ONNX Runtime runs a lowered graph as it stands (`depthFirstOrder`)
 * and frees each value after its last reader. Inputs, initializers and a kernel's own buffers are not counted; values
 * without a static shape count as nothing.
 */
export function peakOf({ graph }: Model): Peak {
  const { bytes: sizeOf } = indexGraph(graph);
  const order = depthFirstOrder(graph).map((place) => graph.nodes[place]!);
  const owner = ownersOf(order);
  const ownerOf = (value: string) => owner.get(value) ?? value;
  const uses = countUses(order, ownerOf);
  for (const { name } of graph.outputs) uses.set(ownerOf(name), Number.POSITIVE_INFINITY);

  const alive = new Map<string, Life>();
  const ended: Life[] = [];
  let bytes = 0;
  let peak = { bytes: 0, at: 0 };
  const free = (value: string, at: number) => {
    const life = alive.get(value);
    if (!life) return;
    alive.delete(value);
    ended.push({ ...life, end: at });
    bytes -= life.bytes;
  };
  for (const [at, node] of order.entries()) {
    const read = [...new Set(valuesRead(node).map(ownerOf))];
    const made = node.outputs.filter((output) => output !== "" && !owner.has(output));
    const overwritten = inPlace.has(node.op)
      ? read.find((value) => uses.get(value) === 1 && alive.get(value)?.bytes === sizeOf(made[0] ?? ""))
      : undefined;
    if (overwritten !== undefined) free(overwritten, at);
    for (const value of made) {
      const life = { value, bytes: sizeOf(value), begin: at, end: Number.POSITIVE_INFINITY };
      alive.set(value, life);
      bytes += life.bytes;
    }
    if (bytes > peak.bytes) peak = { bytes, at };
    for (const value of read) {
      const left = (uses.get(value) ?? 0) - 1;
      uses.set(value, left);
      if (left === 0) free(value, at + 1);
    }
    for (const output of made) if (!uses.get(output)) free(output, at + 1);
  }
  const living = [...ended, ...alive.values()].filter(({ begin, end }) => begin <= peak.at && peak.at < end);
  return {
    bytes: peak.bytes,
    node: order[peak.at]?.name ?? "",
    values: new Map(living.sort((x, y) => y.bytes - x.bytes).map((life) => [life.value, life.bytes])),
  };
}

/** Maps each value that is a view to the value whose memory it shows. */
function ownersOf(order: readonly Node[]): Map<string, string> {
  const owner = new Map<string, string>();
  for (const { op, domain, inputs, outputs } of order) {
    if (domain === "" && views.has(op)) owner.set(outputs[0]!, owner.get(inputs[0]!) ?? inputs[0]!);
  }
  return owner;
}

/** Counts the nodes that read each value or a view of it. */
function countUses(order: readonly Node[], ownerOf: (value: string) => string): Map<string, number> {
  const uses = new Map<string, number>();
  for (const node of order)
    for (const value of new Set(valuesRead(node).map(ownerOf))) uses.set(value, (uses.get(value) ?? 0) + 1);
  return uses;
}
