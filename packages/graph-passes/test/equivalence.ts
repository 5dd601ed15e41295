import { readFileSync } from "node:fs";
import {
  checkModel,
  float32Data,
  GraphBuilder,
  type Model,
  type Pass,
  runPasses,
  type Value,
  writeOnnx,
} from "@sunstep/onnx-graph";
import { type RunTensor, runOnnx } from "@sunstep/testing";

/** A small linear congruential generator: tests need different numbers, not good ones. */
function numbers(count: number, scale = 1, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state / 2 ** 31) * scale;
  });
}

export function build(emit: (graph: GraphBuilder) => Value, opset = 23): Model {
  const graph = new GraphBuilder({ name: "test", opsets: { "": opset } });
  graph.output("y", emit(graph));
  return graph.build();
}

/** Counts the nodes of each operator, without Identity. */
export function operators({ graph }: Model): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { op, domain } of graph.nodes) {
    const name = domain === "" ? op : `${domain}.${op}`;
    if (name !== "Identity") counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

export function weight(graph: GraphBuilder, shape: readonly number[], scale = 1): Value {
  const count = shape.reduce((product, size) => product * size, 1);
  return graph.initializer("weight", float32Data(numbers(count, scale, count), shape));
}

/** Makes inputs for a model; the numbers depend on the inputs' order and shapes alone. */
export function feedsOf({ graph }: Model): Record<string, RunTensor> {
  return Object.fromEntries(
    graph.inputs.map(({ name, dtype, shape = [] }, i): [string, RunTensor] => {
      const sizes = shape as readonly number[];
      const values = numbers(
        sizes.reduce((product, size) => product * size, 1),
        2,
        i + 7,
      );
      const data =
        dtype === "int64" ? BigInt64Array.from(values, (v) => BigInt(Math.floor(Math.abs(v) * 20))) : values;
      return [name, { dtype, shape: sizes, data }];
    }),
  );
}

export async function evaluate(
  model: Model,
  feeds: Readonly<Record<string, RunTensor>> = feedsOf(model),
  graphOptimizationLevel: "disabled" | "all" = "disabled",
): Promise<Record<string, RunTensor>> {
  const files = new Map(
    [...model.graph.initializers.values()].flatMap(({ data }) =>
      data.kind === "external" ? [[data.source.name, data.source.path ?? ""] as const] : [],
    ),
  );
  const externalData = Object.fromEntries([...files].map(([name, path]) => [name, readFileSync(path)]));
  return runOnnx(writeOnnx(model), feeds, { graphOptimizationLevel, externalData });
}

/** Checks that passes keep a model's results, the names of its outputs and its validity, and that they settle. */
export async function expectEquivalent(
  model: Model,
  passes: readonly Pass[],
  tolerance: { rtol?: number; atol?: number },
): Promise<Model> {
  const { expect } = await import("vitest");
  const { model: after, modified } = runPasses(model, passes);
  expect(modified).toBe(true);
  checkModel(after);
  expect(after.graph.outputs).toEqual(model.graph.outputs);
  expect(after.graph.inputs).toEqual(model.graph.inputs);
  const again = runPasses(after, passes);
  expect(again.modified).toBe(false);
  expect(again.model).toBe(after);
  const [before, plain, optimized] = [
    await evaluate(model),
    await evaluate(after),
    await evaluate(after, feedsOf(after), "all"),
  ];
  for (const { name } of model.graph.outputs) {
    const expected = before[name]!.data as Float32Array;
    expect(plain[name]!.data as Float32Array).toBeAllclose(expected, tolerance);
    expect(optimized[name]!.data as Float32Array).toBeAllclose(expected, tolerance);
  }
  return after;
}
