import type { GraphIndex } from "../graph-index.js";
import type { Node } from "../model.js";

/**
 * What a rewrite rule looks for: a node and, through its inputs, the nodes that feed it.
 * An input is a nested pattern, the name under which to remember any value, or undefined for "absent".
 */
export interface Pattern {
  readonly op: string | readonly string[];
  readonly domain?: string;
  readonly inputs?: readonly (Pattern | string | undefined)[];
  /** Name under which to remember the node. */
  readonly as?: string;
  /** The first two inputs may come in either order. */
  readonly commutative?: boolean;
  /** The matched value may have readers outside the pattern; the node then stays. */
  readonly shared?: boolean;
}

/** What a pattern matched. */
export interface Match {
  readonly root: Node;
  /** Every matched node that the rewrite may replace, the root included. */
  readonly nodes: readonly Node[];
  readonly named: ReadonlyMap<string, Node>;
  /** Values remembered by name. */
  readonly values: ReadonlyMap<string, string>;
}

interface Bindings {
  readonly nodes: readonly Node[];
  readonly named: ReadonlyMap<string, Node>;
  readonly values: ReadonlyMap<string, string>;
}

export function matchPattern(pattern: Pattern, root: Node, index: GraphIndex): Match | undefined {
  const bindings = matchNode(pattern, root, index, { nodes: [], named: new Map(), values: new Map() });
  return bindings && { root, ...bindings };
}

function matchNode(pattern: Pattern, node: Node, index: GraphIndex, bound: Bindings): Bindings | undefined {
  const ops = typeof pattern.op === "string" ? [pattern.op] : pattern.op;
  if (!ops.includes(node.op) || node.domain !== (pattern.domain ?? "")) return undefined;
  const withNode: Bindings = {
    nodes: pattern.shared ? bound.nodes : [...bound.nodes, node],
    named: pattern.as ? new Map(bound.named).set(pattern.as, node) : bound.named,
    values: bound.values,
  };
  const inputs = pattern.inputs;
  if (!inputs) return withNode;
  const straight = matchInputs(inputs, node.inputs, index, withNode);
  if (straight || !pattern.commutative) return straight;
  const [first = "", second = "", ...rest] = node.inputs;
  return matchInputs(inputs, [second, first, ...rest], index, withNode);
}

function matchInputs(
  patterns: readonly (Pattern | string | undefined)[],
  inputs: readonly string[],
  index: GraphIndex,
  bound: Bindings,
): Bindings | undefined {
  if (inputs.slice(patterns.length).some((input) => input !== "")) return undefined;
  let current: Bindings | undefined = bound;
  for (const [i, wanted] of patterns.entries()) {
    current = matchInput(wanted, inputs[i] ?? "", index, current);
    if (!current) return undefined;
  }
  return current;
}

function matchInput(
  wanted: Pattern | string | undefined,
  value: string,
  index: GraphIndex,
  bound: Bindings,
): Bindings | undefined {
  if (wanted === undefined) return value === "" ? bound : undefined;
  if (value === "") return undefined;
  if (typeof wanted === "string") {
    const before = bound.values.get(wanted);
    if (before !== undefined) return before === value ? bound : undefined;
    return { ...bound, values: new Map(bound.values).set(wanted, value) };
  }
  const producer = index.producer(value);
  if (!producer || producer.outputs[0] !== value) return undefined;
  if (!wanted.shared && index.useCount(value) !== 1) return undefined;
  return matchNode(wanted, producer, index, bound);
}
