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
import type { LoadOptions, Runtime } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { type Tensor, tensor } from "@sunstep/tensor";
import { openOnnx } from "@sunstep/testing";
import { expect } from "vitest";
import { gradients } from "../src/index.js";

/** A graph and the shapes of its inputs, of all of which gradients are taken. */
export interface Differentiable {
  readonly inputs: readonly (readonly number[])[];
  readonly emit: (graph: GraphBuilder, ...inputs: Value[]) => Value | readonly Value[];
  /** Maps the inputs' random numbers between -1 and 1, to keep away from kinks and poles. */
  readonly values?: (random: number) => number;
  readonly opset?: number;
  /** Runs the graph without runtime-node, which has no lowering for this form. */
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

export async function withSession<T>(
  model: Model,
  use: (run: Run) => Promise<T>,
  options: LoadOptions = {},
): Promise<T> {
  started ??= createNodeRuntime({ device: "cpu" });
  const session = await (await started).load(model, options);
  try {
    return await use((feeds) => session.run(feeds));
  } finally {
    await session.dispose();
  }
}

/** Builds a graph whose `loss` is a randomly weighted sum of all values that `emit` returns. */
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

/** The step of the differences, relative to inputs of size 1. */
const STEP = 2 ** -6;

/** The largest error of a gradient that passes, relative to the largest element of the gradient (at least 1). */
const TOLERANCE = 1e-3;

export interface DifferenceOptions {
  readonly checkpoint?: readonly string[];
  readonly attentionBytes?: number;
  /**
   * Also takes differences of half the step and allows a gradient to be off by as much as both disagree: for functions
   * with large third derivatives.
   */
  readonly refined?: boolean;
}

/**
 * Compares every element of every gradient with a central difference. The loss is summed in double precision from the
 * outputs, so rounding leaves about 2^-24 / STEP = 4e-6 of an output; the third derivative that the difference cuts off
 * costs STEP^2 / 6 = 4e-5 of it, and it is at most about 20 times the largest gradient in the rules' cases.
 */
export async function expectFiniteDifferences(
  differentiable: Differentiable,
  { checkpoint, attentionBytes, refined = false }: DifferenceOptions = {},
): Promise<void> {
  const { model, weights } = withLoss(differentiable);
  const feeds = randomFeeds(model, differentiable.values);
  const names = Object.keys(feeds);
  const differentiated = gradients(model, {
    loss: "loss",
    withRespectTo: names,
    ...(checkpoint && { checkpoint }),
    ...(attentionBytes !== undefined && { attentionBytes }),
  });
  const compare = async (run: Run) => {
    const lossAt = async (moved: Feeds): Promise<number> => {
      const results = await run(moved);
      let loss = 0;
      for (const [name, weight] of weights)
        weight.forEach((w, i) => {
          loss += w * Number(results[name]!.data[i]);
        });
      return loss;
    };
    const difference = async (name: string, i: number, step: number): Promise<number> => {
      const { shape, data } = feeds[name]!;
      const at = async (move: number) => {
        const moved = Float32Array.from(data);
        moved[i]! += move;
        return { x: moved[i]!, loss: await lossAt({ ...feeds, [name]: tensor(moved, shape) }) };
      };
      const [above, below] = [await at(step), await at(-step)];
      return (above.loss - below.loss) / (above.x - below.x);
    };
    const results = await run(feeds);
    for (const name of names) {
      const gradient = results[`grad/${name}`]!;
      const { shape, data } = feeds[name]!;
      expect(gradient.shape).toEqual(shape);
      const differences: number[] = [];
      let doubt = 0;
      for (const i of data.keys()) {
        const wide = await difference(name, i, STEP);
        const narrow = refined ? await difference(name, i, STEP / 2) : wide;
        differences.push(narrow);
        doubt = Math.max(doubt, Math.abs(wide - narrow));
      }
      const largest = differences.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      const atol = TOLERANCE * largest + doubt;
      expect(gradient.data as Float32Array).toBeAllclose(differences, { atol });
    }
  };
  if (!differentiable.raw) return withSession(differentiated, compare);
  const session = await openOnnx(writeOnnx(differentiated));
  try {
    await compare(async (given) => (await session.run(given)) as Record<string, Tensor>);
  } finally {
    await session.release();
  }
}
