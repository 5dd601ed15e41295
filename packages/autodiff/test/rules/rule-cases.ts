import type { Differentiable } from "../finite-differences.js";

/** Graphs of one operator, by its name and by what is particular about them. */
export type RuleCases = Readonly<Record<string, Readonly<Record<string, Differentiable>>>>;

export const unary = (op: string, values?: Differentiable["values"]): Differentiable => ({
  inputs: [[3, 4]],
  emit: (graph, x) => graph.op(op, [x]),
  ...(values && { values }),
});

export const binary = (
  op: string,
  a: readonly number[],
  b: readonly number[],
  values?: Differentiable["values"],
) =>
  ({
    inputs: [a, b],
    emit: (graph, x, y) => graph.op(op, [x, y]),
    ...(values && { values }),
  }) satisfies Differentiable;
