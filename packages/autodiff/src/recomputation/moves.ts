import { elementCount, type Graph, indexGraph, type Node, staticShape } from "@sunstep/onnx-graph";
import { cutIntoSegments, type Segment } from "./segments.js";

/** Values of a segment that may be computed again together. */
export interface Move {
  readonly values: readonly string[];
  readonly bytes: number;
  /** Multiplications, or as long. */
  readonly cost: number;
}

/** Operators that multiply matrices: nearly all of a network's time. */
const products = new Set(["Attention", "Conv", "Gemm", "MatMul"]);

/** Operators whose result is their input under another shape. */
const views = new Set(["Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"]);

/** The time of an elementwise operator for each element, in multiplications of a matrix product: it waits for memory. */
const ELEMENT = 25;

/** The shares in which a network is cut: that of SD1.5 has 25 blocks. */
const SEGMENTS = 32;

/** A network in the form in which it is planned. */
export interface Forward {
  /** Every value that a segment makes. */
  readonly values: readonly string[];
  /** From the one that saves most memory for its time. */
  readonly moves: readonly Move[];
}

/**
 * Lists the groups of values that a backward pass may compute again: for each segment of the network, the results of its
 * elementwise operators and norms, then those of its products. Values between segments are always kept, so that no
 * recomputation begins before its segment.
 */
export function recomputationMoves(graph: Graph): Forward {
  const { type, bytes: sizeOf } = indexGraph(graph);
  const shapeOf = (value: string) => staticShape(type(value)?.shape) ?? [];
  const segments = cutIntoSegments(graph, SEGMENTS);
  const kept = new Set(segments.flatMap(({ crossing }) => [...crossing]));
  const move = (nodes: readonly Node[]): Move => {
    const values = nodes.flatMap(({ outputs }) =>
      outputs.filter((output) => output !== "" && !kept.has(output)),
    );
    const own = nodes.filter(({ op }) => !views.has(op));
    return {
      values,
      bytes: own
        .flatMap(({ outputs }) => outputs)
        .reduce((sum, value) => sum + (kept.has(value) ? 0 : sizeOf(value)), 0),
      cost: own.reduce((sum, node) => sum + costOf(node, shapeOf), 0),
    };
  };
  const isProduct = ({ op }: Node) => products.has(op);
  const ofSegment = ({ nodes }: Segment): Move[] => {
    const [light, heavy] = [nodes.filter((node) => !isProduct(node)), nodes.filter(isProduct)].map(move) as [
      Move,
      Move,
    ];
    return [light, heavy];
  };
  const moves = segments.flatMap(ofSegment).filter(({ bytes }) => bytes > 0);
  return {
    values: segments.flatMap(({ nodes }) => nodes.flatMap(({ outputs }) => outputs.filter(Boolean))),
    moves: moves.toSorted((a, b) => b.bytes / b.cost - a.bytes / a.cost),
  };
}

/** Returns the cost of a node: multiplications of a product, elements of any other result. */
function costOf({ op, inputs, outputs }: Node, shapeOf: (value: string) => readonly number[]): number {
  const result = elementCount(shapeOf(outputs[0] ?? ""));
  const [first, second] = [shapeOf(inputs[0] ?? ""), shapeOf(inputs[1] ?? "")];
  switch (op) {
    case "Conv":
      return result * elementCount(second.slice(1));
    case "Gemm":
    case "MatMul":
      return result * (first.at(-1) ?? 1);
    case "Attention":
      return 2 * elementCount(first) * (second.at(-2) ?? 1);
    default:
      return ELEMENT * result;
  }
}
