import { createNodeRuntime } from "@sunstep/runtime-node";
import { tensor } from "@sunstep/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { optimizerStepGraph } from "../src/graphs/optimizer-step-graph.js";
import { Optimizer } from "../src/training/optimizer.js";
import { layers, layersLength } from "./layers.js";

const started = createNodeRuntime({ device: "cpu" });
afterAll(async () => (await started).dispose());

const adamw = {
  betas: [0.9, 0.99],
  epsilon: 1e-8,
  weightDecay: 0.01,
  clipNorm: 1,
  emaDecay: 0.9,
} as const;

async function losses(checkpoint?: readonly string[]): Promise<number[]> {
  const parameters = Float32Array.from({ length: layersLength }, (_, i) => Math.sin(i));
  const zeros = new Float32Array(layersLength);
  const state = { step: 0, parameters, moment1: zeros, moment2: zeros, ema: parameters };
  const optimizer = await Optimizer.create(
    await started,
    layers(),
    adamw,
    state,
    checkpoint ? { checkpoint } : {},
  );
  const x = tensor(Float32Array.of(1, -1, 0.5, 0.2, 0.3, -0.7), [2, 3]);
  const results: number[] = [];
  for (let i = 0; i < 4; i++) results.push((await optimizer.step({ x }, 0.05)).loss);
  await optimizer.dispose();
  return results;
}

describe("checkpoint", () => {
  it("does not change the steps of training", async () => {
    const plain = await losses();
    expect(plain.at(-1)).toBeLessThan(plain[0]!);
    expect(await losses(["layer1"])).toEqual(plain);
  });

  it("makes the step compute the layers between kept values again", () => {
    const products = (checkpoint: readonly string[]) =>
      optimizerStepGraph(layers(), adamw, { checkpoint }).graph.nodes.filter(({ name }) =>
        /MatMul(_\d)?\/again$/.test(name),
      ).length;
    expect(products(["layer1"])).toBeGreaterThan(products(["layer0", "layer1", "layer2", "layer3"]));
  });
});
