import {
  elementCount,
  float32Data,
  GraphBuilder,
  int,
  type Model,
  staticShape,
  type Value,
  writeOnnx,
} from "@sunstep/onnx-graph";
import type { Runtime } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { type Tensor, tensor } from "@sunstep/tensor";
import { runOnnx } from "@sunstep/testing";
import { expect } from "vitest";
import { gradients } from "../src/index.js";

/** Shapes of the inputs that gradients are taken of, and the graph over them. */
export interface Differentiable {
  readonly inputs: readonly (readonly number[])[];
  readonly emit: (graph: GraphBuilder, ...inputs: Value[]) => Value | readonly Value[];
  /** What becomes of the inputs' random numbers between -1 and 1, to keep away from kinks and poles. */
  readonly values?: (random: number) => number;
  readonly opset?: number;
  /** Run as it is: runtime-node has no lowering for this form. */
  readonly raw?: boolean;
}

/** A linear congruential generator: tests need different numbers, not good ones. */
export function numbers(count: number, seed: number): Float32Array {
  let state = Math.imul(seed + 1, 2654435761);
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}

let started: Promise<Runtime> | undefined;

export async function stopRuntime(): Promise<void> {
  await (await started)?.dispose();
  started = undefined;
}

type Feeds = Record<string, Tensor<"float32">>;
type Run = (feeds: Feeds) => Promise<Record<string, Tensor>>;

export async function withSession<T>(model: Model, use: (run: Run) => Promise<T>): Promise<T> {
  started ??= createNodeRuntime({ device: "cpu" });
  const session = await (await started).load(model);
  try {
    return await use((feeds) => session.run(feeds));
  } finally {
    await session.dispose();
  }
}

/** A graph whose `loss` is a random weighted sum of everything the emitted nodes give. */
function withLoss({ inputs, emit, opset = 23 }: Differentiable): {
  readonly model: Model;
  readonly weights: ReadonlyMap<string, Float32Array>;
} {
  const graph = new GraphBuilder({ name: "test", opsets: { "": opset } });
  const values = inputs.map((shape, i) => graph.input(`x${i}`, "float32", shape));
  const weights = new Map<string, Float32Array>();
  const parts = [emit(graph, ...values)].flat().map((output, i) => {
    const weight = numbers(elementCount(output.shape), 100 + i);
    weights.set(`y${i}`, weight);
    graph.output(`y${i}`, output);
    const weighted = graph.op("Mul", [
      output,
      graph.initializer("weights", float32Data(weight, output.shape)),
    ]);
    return graph.op("ReduceSum", [weighted], { keepdims: int(0) });
  });
  graph.output(
    "loss",
    parts.reduce((a, b) => graph.op("Add", [a, b])),
  );
  return { model: graph.build(), weights };
}

export function randomFeeds({ graph }: Model, values: Differentiable["values"] = (random) => random): Feeds {
  return Object.fromEntries(
    graph.inputs.map(({ name, shape }, i) => {
      const sizes = staticShape(shape) ?? [];
      return [name, tensor(numbers(elementCount(sizes), i).map(values), sizes)];
    }),
  );
}

const STEP = 2 ** -6;

/**
 * Compares every element of every gradient with a central difference. The loss is summed in double precision from
 * the outputs, so what is left of rounding is about 2^-24 / STEP = 4e-6 of an output; cutting off the third derivative
 * costs STEP^2 / 6 = 4e-5 of it, and that is at most about 20 times the largest gradient in the cases here.
 */
export async function expectFiniteDifferences(
  differentiable: Differentiable,
  checkpoint?: readonly string[],
): Promise<void> {
  const { model, weights } = withLoss(differentiable);
  const feeds = randomFeeds(model, differentiable.values);
  const names = Object.keys(feeds);
  const options = { loss: "loss", withRespectTo: names, ...(checkpoint && { checkpoint }) };
  const differentiated = gradients(model, options);
  const compare = async (run: Run) => {
    const lossOf = (results: Record<string, Tensor>) => {
      let loss = 0;
      for (const [name, weight] of weights)
        weight.forEach((w, i) => {
          loss += w * Number(results[name]!.data[i]);
        });
      return loss;
    };
    const results = await run(feeds);
    for (const name of names) {
      const gradient = results[`grad/${name}`]!;
      const { shape, data } = feeds[name]!;
      expect(gradient.shape).toEqual(shape);
      const differences: number[] = [];
      for (const i of data.keys()) {
        const at = async (step: number) => {
          const moved = Float32Array.from(data);
          moved[i]! += step;
          return { x: moved[i]!, loss: lossOf(await run({ ...feeds, [name]: tensor(moved, shape) })) };
        };
        const [above, below] = [await at(STEP), await at(-STEP)];
        differences.push((above.loss - below.loss) / (above.x - below.x));
      }
      const largest = differences.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      expect(gradient.data as Float32Array).toBeAllclose(differences, { atol: 1e-3 * largest });
    }
  };
  if (!differentiable.raw) return withSession(differentiated, compare);
  const bytes = writeOnnx(differentiated);
  await compare(async (feeds) => (await runOnnx(bytes, feeds)) as Record<string, Tensor>);
}
