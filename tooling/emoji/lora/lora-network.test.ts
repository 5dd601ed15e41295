import { memorySource, openComponent, openSafetensors, writeSafetensors } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { Optimizer, stateFrom } from "@sunstep/distillation/training";
import { addLoras, readLora } from "@sunstep/lora";
import { buildUNet } from "@sunstep/networks";
import type { Model } from "@sunstep/onnx-graph";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { type Tensor, TorchGenerator, tensor } from "@sunstep/tensor";
import { fixture } from "@sunstep/testing";
import { afterAll, expect, it } from "vitest";
import { initialFactors, loraLossGraph, loraNetwork, loraTensors } from "./lora-network.js";

const runtime = createNodeRuntime({ cache: false });
afterAll(async () => (await runtime).dispose());

const unet = await openComponent("unet", folderTree(fixture("tiny-sd15/unet")));
const network = loraNetwork(unet.weights, 2);
const sizes = { batch: 2, height: 8, width: 8, tokens: 77 };
const random = new TorchGenerator(1);
const normal = (...shape: number[]) => tensor(random.randn(shape.reduce((a, b) => a * b)), shape);
const feeds = {
  sample: normal(2, 4, 8, 8),
  noise: normal(2, 4, 8, 8),
  timestep: tensor(Float32Array.of(10, 700), [2]),
  encoder_hidden_states: normal(2, 77, unet.config.cross_attention_dim),
};

async function run(model: Model, given: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
  const session = await (await runtime).load(model);
  const own = session.inputs.map(({ name }) => [name, given[name]!]);
  return session.run(Object.fromEntries(own)).finally(() => session.dispose());
}

it("computes the same as the LoRA's file applied to the U-Net", async () => {
  const factors = random.randn(network.source.size / 4).map((value) => 0.1 * value);
  const file = writeSafetensors(loraTensors(network, factors));
  const lora = await readLora(await openSafetensors(memorySource(file)), { unet: unet.weights });
  expect(lora.targets).toHaveLength(network.lora.targets.length);
  expect(lora.unknown).toEqual([]);
  const merged = addLoras([{ lora, scale: 1 }], "unet").run(buildUNet({ ...unet, ...sizes })).model;
  const { out_sample: predicted } = await run(merged, feeds);
  const expected = (predicted!.data as Float32Array).reduce(
    (sum, value, i) => sum + (value - feeds.noise.data[i]!) ** 2 / feeds.noise.data.length,
    0,
  );
  const parameters = tensor(factors, [factors.length]);
  const { loss } = await run(loraLossGraph(unet, sizes, network), { ...feeds, parameters });
  expect(loss!.data).toBeAllclose([expected], { rtol: 1e-4 });
});

it("memorizes a batch", async () => {
  const adamw = { betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0, clipNorm: 1, emaDecay: 0.9 } as const;
  const start = stateFrom(initialFactors(network, 0));
  expect(start.parameters).toHaveLength(network.source.size / 4);
  const optimizer = await Optimizer.create(await runtime, loraLossGraph(unet, sizes, network), adamw, start);
  const losses: number[] = [];
  for (let step = 1; step <= 20; step++) losses.push((await optimizer.step(feeds, 0.02)).loss);
  expect(losses.at(-1)!).toBeLessThan(0.9 * losses[0]!);
  await optimizer.dispose();
});
