// Random shapes, and graphs of one operator.
import fc from "fast-check";
import { GraphBuilder, type Value } from "../../src/index.js";

/** Emits an operator, and returns its outputs. */
export type Emit = (b: GraphBuilder) => readonly Value[];

/** Operators with random sizes and attributes, by name. */
export type ConformanceCases = readonly (readonly [string, fc.Arbitrary<Emit>])[];

/** Options of an operator of ONNX Runtime's own. */
export const MS = { domain: "com.microsoft" };
export const size = fc.integer({ min: 1, max: 5 });
export const shapeOf = (rank: number) => fc.array(size, { minLength: rank, maxLength: rank });
export const anyShape = fc.integer({ min: 1, max: 4 }).chain(shapeOf);
export const input = (b: GraphBuilder, shape: readonly number[], name = "x") =>
  b.input(name, "float32", shape);

/** Two or three shapes that broadcast: each drops leading dimensions or has ones in place of sizes. */
export const broadcastable = (count: number) =>
  anyShape.chain((shape) =>
    fc.tuple(
      ...Array.from({ length: count }, () =>
        fc
          .tuple(
            fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
            fc.integer({ min: 0, max: shape.length - 1 }),
          )
          .map(([ones, dropped]) => shape.map((n, i) => (ones[i] ? 1 : n)).slice(dropped)),
      ),
    ),
  );

export function build(emit: Emit) {
  const b = new GraphBuilder({ name: "one operator", opsets: { "": 23, "com.microsoft": 1 } });
  for (const [i, value] of emit(b).entries()) b.output(`out${i}`, value);
  return b.build();
}
