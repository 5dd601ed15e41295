import type { Node } from "@sunstep/onnx-graph";
import { onnxCheckpointError } from "./errors.js";
import { commutative, type Skeleton, signature } from "./skeleton.js";

/** The counterparts of our network's constants and inputs in another graph, by their names. */
export interface Counterparts {
  readonly constants: ReadonlyMap<string, string>;
  readonly inputs: ReadonlyMap<string, string>;
}

/** A value of our network, and the value of the other graph that should be computed alike. */
export type Pair = readonly [own: string, other: string];

export interface MatchOptions {
  /** The other graph's file, and the network that it should be, for messages. */
  readonly file: string;
  readonly network: string;
}

/**
 * Walks two graphs from their results back, and pairs the constants and inputs that stand in the same place.
 * @throws SunstepError ONNX_GRAPH_DIFFERS naming the first node that computes something else
 */
export function matchGraphs(
  own: Skeleton,
  other: Skeleton,
  results: readonly Pair[],
  options: MatchOptions,
): Counterparts {
  const constants = new Map<string, string>();
  const inputs = new Map<string, string>();
  const seen = new Set<string>();
  const open: Pair[] = [...results];
  for (let pair = open.pop(); pair; pair = open.pop()) {
    const [a, b] = resolved(pair, own, other);
    if (seen.has(`${a}\n${b}`)) continue;
    seen.add(`${a}\n${b}`);
    if (own.isConstant(a) && other.isConstant(b)) {
      checkNumbers([a, b], own, other, options);
      constants.set(a, b);
      continue;
    }
    const [node, counterpart] = [own.index.producer(a), other.index.producer(b)];
    if (!node && !counterpart && inputs.has(a) ? inputs.get(a) === b : !node && !counterpart) {
      inputs.set(a, b);
      continue;
    }
    const place = node && counterpart && node.outputs.indexOf(a) === counterpart.outputs.indexOf(b);
    if (!place || signature(node, own.index) !== signature(counterpart, other.index))
      throw differs([a, b], own, other, options);
    open.push(...operandPairs(node, counterpart, own, other, options));
  }
  return { constants, inputs };
}

function resolved([a, b]: Pair, own: Skeleton, other: Skeleton): Pair {
  return [own.resolve(a), other.resolve(b)];
}

function operandPairs(
  node: Node,
  counterpart: Node,
  own: Skeleton,
  other: Skeleton,
  options: MatchOptions,
): Pair[] {
  const [mine, theirs] = [own.operands(node), other.operands(counterpart)];
  if (mine.length !== theirs.length)
    throw differs([node.outputs[0]!, counterpart.outputs[0]!], own, other, options);
  if (!commutative.has(node.op)) return mine.map((value, i) => [value, theirs[i]!] as const);
  // The operand that has the same form is the counterpart; where none has, the order stays, and the walk finds the difference.
  const rest = [...theirs];
  const place = (value: string) => rest.findIndex((one) => other.shapeOf(one) === own.shapeOf(value));
  const pairs: Pair[] = [];
  const unmatched: string[] = [];
  for (const value of mine) {
    const found = place(value);
    if (found < 0) unmatched.push(value);
    else pairs.push([value, rest.splice(found, 1)[0]!]);
  }
  return [...pairs, ...unmatched.map((value, i) => [value, rest[i]!] as const)];
}

/** Numbers of our network, such as frequencies, must be the other graph's too; weights are not known. */
function checkNumbers([a, b]: Pair, own: Skeleton, other: Skeleton, options: MatchOptions): void {
  const [expected, found] = [own.index.constant(a), other.index.constant(b)];
  if (!expected) return;
  const near = found?.length === expected.length && expected.every((number, i) => isNear(found[i]!, number));
  if (!near) throw differs([a, b], own, other, options);
}

/** Float16 exports round numbers to a thousandth. */
const isNear = (a: number, b: number) => Math.abs(a - b) <= 2e-3 * Math.max(Math.abs(a), Math.abs(b), 1e-4);

function differs([a, b]: Pair, own: Skeleton, other: Skeleton, { file, network }: MatchOptions): Error {
  const describe = ({ index, isConstant }: Skeleton, value: string) => {
    const node = index.producer(value);
    const shape = `[${index.type(value)?.shape?.join(", ") ?? ""}]`;
    if (isConstant(value)) return `the constant ${value} ${shape}`;
    return node ? `${node.op} ${shape} (node ${node.name || value})` : `the input ${value} ${shape}`;
  };
  return onnxCheckpointError(
    "ONNX_GRAPH_DIFFERS",
    `${file}: it computes ${describe(other, b)} where ${network} has ${describe(own, a)}. The graph is another network, ` +
      "or written in a form that is not known: export it again without further optimizations, or open the model's " +
      ".safetensors files",
    { file, node: other.index.producer(b)?.name ?? b, expected: own.index.producer(a)?.name ?? a },
  );
}
