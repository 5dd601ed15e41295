import type { GraphIndex } from "../graph-index.js";
import type { Node } from "../model.js";

/**
 * A node and, through its inputs, the nodes that feed it.
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

/** The names of the values that a pattern remembers; any string where the pattern is computed. */
export type ValueName<P> = Pattern extends P
  ? string
  : P extends string
    ? P
    : P extends { readonly inputs: infer Inputs extends readonly unknown[] }
      ? ValueName<Inputs[number]>
      : never;

/** The names of the nodes that a pattern remembers; any string where the pattern is computed. */
export type NodeName<P> = Pattern extends P
  ? string
  :
      | (P extends { readonly as: infer Name extends string } ? Name : never)
      | (P extends { readonly inputs: infer Inputs extends readonly unknown[] }
          ? NodeName<Inputs[number]>
          : never);

/** The nodes and values that a pattern stands for in a graph. */
export interface Match {
  readonly root: Node;
  /** Every matched node that the rewrite may replace, the root included. */
  readonly nodes: readonly Node[];
  readonly named: ReadonlyMap<string, Node>;
  /** Values remembered by name. */
  readonly values: ReadonlyMap<string, string>;
}

type Bindings = Omit<Match, "root">;

/** Tells whether the pattern's own operator is the node's, without regard to inputs. */
export function isOperator({ op, domain = "" }: Pattern, node: Node): boolean {
  return node.domain === domain && (typeof op === "string" ? node.op === op : op.includes(node.op));
}

/** Matches a pattern whose operator is the root's, or tells why its inputs do not fit. */
export function matchPattern(pattern: Pattern, root: Node, index: GraphIndex): Match | string {
  const bindings = matchNode(pattern, root, index, { nodes: [], named: new Map(), values: new Map() });
  return typeof bindings === "string" ? bindings : { root, ...bindings };
}

function matchNode(pattern: Pattern, node: Node, index: GraphIndex, bound: Bindings): Bindings | string {
  const withNode: Bindings = {
    nodes: pattern.shared ? bound.nodes : [...bound.nodes, node],
    named: pattern.as ? new Map(bound.named).set(pattern.as, node) : bound.named,
    values: bound.values,
  };
  const inputs = pattern.inputs;
  if (!inputs) return withNode;
  const straight = matchInputs(inputs, node, node.inputs, index, withNode);
  if (typeof straight !== "string" || !pattern.commutative) return straight;
  const [first = "", second = "", ...rest] = node.inputs;
  const crossed = matchInputs(inputs, node, [second, first, ...rest], index, withNode);
  return typeof crossed === "string" ? straight : crossed;
}

function matchInputs(
  patterns: readonly (Pattern | string | undefined)[],
  node: Node,
  inputs: readonly string[],
  index: GraphIndex,
  bound: Bindings,
): Bindings | string {
  const count = inputs.findLastIndex((input) => input !== "") + 1;
  if (count > patterns.length) return `${node.op} has ${count} inputs, the pattern ${patterns.length}`;
  let current: Bindings | string = bound;
  for (const [i, wanted] of patterns.entries()) {
    current = matchInput(wanted, inputs[i] ?? "", index, current);
    if (typeof current === "string") return `${node.op} (${node.name}): ${current}`;
  }
  return current;
}

function matchInput(
  wanted: Pattern | string | undefined,
  value: string,
  index: GraphIndex,
  bound: Bindings,
): Bindings | string {
  if (wanted === undefined) return value === "" ? bound : `${value} is read where nothing should be`;
  if (value === "") return "an input is absent";
  if (typeof wanted === "string") {
    const before = bound.values.get(wanted);
    if (before !== undefined) return before === value ? bound : `${wanted} is both ${before} and ${value}`;
    return { ...bound, values: new Map(bound.values).set(wanted, value) };
  }
  const producer = index.producer(value);
  const made = producer ? `made by ${producer.op}` : "an input or a constant";
  if (!producer || !isOperator(wanted, producer)) return `${value} is ${made}, not made by ${wanted.op}`;
  if (producer.outputs[0] !== value) return `${value} is a further output of ${producer.op}`;
  const others = producer.outputs.filter((output) => output !== value && index.useCount(output) > 0);
  if (!wanted.shared && (index.useCount(value) !== 1 || others.length > 0))
    return `${[value, ...others].join(", ")} is read elsewhere too`;
  return matchNode(wanted, producer, index, bound);
}
