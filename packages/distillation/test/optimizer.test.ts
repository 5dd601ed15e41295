import { float32Data, GraphBuilder, int, type Model } from "@sunstep/onnx-graph";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { tensor } from "@sunstep/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { optimizerStepGraph } from "../src/graphs/optimizer-step-graph.js";
import { Optimizer } from "../src/training/optimizer.js";

const started = createNodeRuntime({ device: "cpu" });
afterAll(async () => (await started).dispose());

const adamw = {
  betas: [0.9, 0.99],
  epsilon: 1e-8,
  weightDecay: 0.01,
  clipNorm: 1,
  emaDecay: 0.9,
} as const;

/** The mean square of four layers tanh(x W), of which `parameters` holds the weights. */
function layers(): Model {
  const graph = new GraphBuilder({ name: "layers", opsets: { "": 17 } });
  const parameters = graph.input("parameters", "float32", [36]);
  let value = graph.input("x", "float32", [2, 3]);
  for (const i of [0, 1, 2, 3]) {
    const range = [9 * i, 9 * (i + 1)].map((at) => graph.ints([at]));
    const weight = graph.op("Reshape", [graph.op("Slice", [parameters, ...range]), graph.ints([3, 3])]);
    value = graph.op("Tanh", [graph.op("MatMul", [value, weight])], {}, { name: `layer${i}` });
  }
  const error = graph.op("Sub", [value, graph.initializer("target", float32Data([0.5], []))]);
  graph.output("loss", graph.op("ReduceMean", [graph.op("Mul", [error, error])], { keepdims: int(0) }));
  return graph.build();
}

async function losses(keepActivations?: () => readonly string[]): Promise<number[]> {
  const parameters = Float32Array.from({ length: 36 }, (_, i) => Math.sin(i));
  const zeros = new Float32Array(36);
  const state = { step: 0, parameters, moment1: zeros, moment2: zeros, ema: parameters };
  const optimizer = await Optimizer.create(
    await started,
    layers(),
    adamw,
    state,
    keepActivations ? { keepActivations } : {},
  );
  const x = tensor(Float32Array.of(1, -1, 0.5, 0.2, 0.3, -0.7), [2, 3]);
  const results: number[] = [];
  for (let i = 0; i < 4; i++) results.push((await optimizer.step({ x }, 0.05)).loss);
  await optimizer.dispose();
  return results;
}

describe("keepActivations", () => {
  it("does not change the steps of training", async () => {
    const plain = await losses();
    expect(plain.at(-1)).toBeLessThan(plain[0]!);
    expect(await losses(() => ["layer1"])).toEqual(plain);
  });

  it("makes the step compute the layers between kept values again", () => {
    const products = (checkpoint: readonly string[]) =>
      optimizerStepGraph(layers(), adamw, { checkpoint }).graph.nodes.filter(({ name }) =>
        /MatMul(_\d)?\/again$/.test(name),
      ).length;
    expect(products(["layer1"])).toBeGreaterThan(products(["layer0", "layer1", "layer2", "layer3"]));
  });
});
