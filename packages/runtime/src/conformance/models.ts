import type { ByteSource } from "@sunstep/files";
import { float32Data, GraphBuilder, int, type Model } from "@sunstep/onnx-graph";
import { type Tensor, tensor } from "@sunstep/tensor";

/** Operator set of the raised graphs that networks emit. */
export const opsets = { "": 23 } as const;

/** y = 2 x + 1 for x [n], float32. */
export function affine(n: number): Model {
  const graph = new GraphBuilder({ name: "affine", opsets });
  const x = graph.input("x", "float32", [n]);
  const doubled = graph.op("Mul", [x, graph.initializer("two", float32Data([2], [1]))]);
  graph.output("y", graph.op("Add", [doubled, graph.initializer("one", float32Data([1], [1]))]));
  return graph.build();
}

/** y = x W for x [1, rows], with W [rows, columns] at `offset` of a source. */
export function linear(source: ByteSource, offset: number, rows: number, columns: number): Model {
  const graph = new GraphBuilder({ name: "linear", opsets });
  const x = graph.input("x", "float32", [1, rows]);
  const data = { kind: "external", source, offset, length: 4 * rows * columns } as const;
  const w = graph.initializer("w", { dtype: "float32", shape: [rows, columns], data });
  graph.output("y", graph.op("MatMul", [x, w]));
  return graph.build();
}

/**
 * y = x tanh(p) + s tanh(q + p), with x, p, q [n] and s [1], float32: a network with a prompt `p`, and a branch of an
 * adapter with a prompt `q` and a scale `s`.
 */
export function conditioned(n: number): Model {
  const graph = new GraphBuilder({ name: "conditioned", opsets });
  const [x, p, q] = ["x", "p", "q"].map((name) => graph.input(name, "float32", [n]));
  const s = graph.input("s", "float32", [1]);
  const plain = graph.op("Mul", [x!, graph.op("Tanh", [p!])]);
  const branch = graph.op("Mul", [graph.op("Tanh", [graph.op("Add", [q!, p!])]), s]);
  graph.output("y", graph.op("Add", [plain, branch]));
  return graph.build();
}

/** The values of `conditioned`. */
export function conditionedValues(
  x: ArrayLike<number>,
  p: ArrayLike<number>,
  q: ArrayLike<number>,
  s: number,
): number[] {
  return Array.from(x, (value, i) => value * Math.tanh(p[i]!) + s * Math.tanh(q[i]! + p[i]!));
}

/** n matrix products in a row, for a run that takes a while. */
export function slow(n: number, size: number): Model {
  const graph = new GraphBuilder({ name: "slow", opsets });
  const x = graph.input("x", "float32", [size, size]);
  let y = x;
  for (let i = 0; i < n; i++) y = graph.op("Tanh", [graph.op("MatMul", [y, x])]);
  graph.output("y", y);
  return graph.build();
}

export function floats(values: Iterable<number>, shape?: readonly number[]): Tensor<"float32"> {
  const data = Float32Array.from(values);
  return tensor(data, shape ?? [data.length]);
}

/** y = the largest of `count` copies of x [1], float32, which the backend holds all at once. */
export function enlarged(count: number): Model {
  const graph = new GraphBuilder({ name: "enlarged", opsets });
  const x = graph.input("x", "float32", [1]);
  const copies = graph.op("Expand", [x, graph.ints([count])]);
  graph.output("y", graph.op("ReduceMax", [copies], { keepdims: int(0) }));
  return graph.build();
}

/** Numbers with a long period, all exactly representable. */
export function pattern(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => ((i * 37) % 101) / 8 - 6);
}

/** Replaces all operators by one that no backend has. */
export function nonsense(model: Model): Model {
  const nodes = model.graph.nodes.map((node) => ({ ...node, op: "Nonsense", domain: "com.microsoft" }));
  return { ...model, graph: { ...model.graph, nodes } };
}
