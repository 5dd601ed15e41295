import { readFileSync } from "node:fs";
import { blobTree, openComponent, parseTaesdConfig, writeSafetensors } from "@sunstep/checkpoint";
import { buildTaesdDecoder, buildTaesdEncoder } from "@sunstep/networks";
import type { Model } from "@sunstep/onnx-graph";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { type Tensor, TorchGenerator, tensor } from "@sunstep/tensor";
import { fixture, readSafetensors } from "@sunstep/testing";
import { afterAll, expect, it } from "vitest";
import { configJson } from "./config.js";
import { lossGraph } from "./loss-graph.js";
import { type Half, tinyNetwork, tinyTensors } from "./tiny-network.js";
import { train } from "./train.js";

const runtime = await createNodeRuntime({ cache: false, threads: 1 });
afterAll(() => runtime.dispose());

const json = {
  ...configJson,
  decoder_block_out_channels: [8, 8, 8, 8],
  encoder_block_out_channels: [8, 8, 8, 8],
  num_decoder_blocks: [1, 0, 1, 0],
  num_encoder_blocks: [0, 1, 0, 1],
};
const config = parseTaesdConfig(json);
const sizes = { batch: 2, height: 2, width: 3 };
const random = new TorchGenerator(1);
const normal = (...shape: number[]) => tensor(random.randn(shape.reduce((a, b) => a * b)), shape);
const feeds = { latents: normal(2, 4, 2, 3), images: normal(2, 3, 16, 24) };

async function run(model: Model, given: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
  const session = await runtime.load(model);
  return session.run(given).finally(() => session.dispose());
}

/** Weights of both halves, far from the initial ones. */
function randomHalves() {
  return (["encoder", "decoder"] as const).map((half) => {
    const network = tinyNetwork(half, config);
    return { half, network, weights: random.randn(network.source.size / 4).map((value) => 0.2 * value) };
  });
}

it.each<Half>(["encoder", "decoder"])("names the weights of the %s as diffusers does", (half) => {
  const there = readSafetensors(fixture("tiny-taesd/diffusion_pytorch_model.safetensors"));
  const tinyTaesd = JSON.parse(readFileSync(fixture("tiny-taesd/config.json"), "utf8"));
  const shapes = [...there]
    .filter(([name]) => name.startsWith(half))
    .map(([name, { shape }]) => [name, shape] as const);
  const network = tinyNetwork(half, parseTaesdConfig(tinyTaesd));
  expect(network.placed.map(({ name, shape }) => [name, shape]).sort()).toEqual(shapes.sort());
});

it("computes the same as the written autoencoder", async () => {
  const halves = randomHalves();
  const tensors = Object.assign({}, ...halves.map(({ network, weights }) => tinyTensors(network, weights)));
  const taesd = await openComponent(
    "taesd",
    blobTree({
      "config.json": new Blob([JSON.stringify(json)]),
      "diffusion_pytorch_model.safetensors": new Blob([writeSafetensors(tensors)]),
    }),
  );
  const image = { ...taesd, batch: 2, height: 16, width: 24 };
  const { latents } = await run(buildTaesdEncoder(image), { sample: feeds.images });
  const { sample } = await run(buildTaesdDecoder({ ...taesd, ...sizes }), { latents: feeds.latents });
  const expected = {
    encoder: meanOf(difference(latents!, feeds.latents).map((error) => error ** 2)),
    decoder: imageLoss(difference(sample!, feeds.images), 24),
  };
  for (const { half, network, weights } of halves) {
    const { loss } = await run(lossGraph(network, sizes), {
      ...feeds,
      parameters: tensor(weights, [weights.length]),
    });
    expect(loss!.data, half).toBeAllclose([expected[half]], { rtol: 1e-4 });
  }
});

it.each<Half>(["encoder", "decoder"])(
  "brings the loss of the %s down, where grey is not enough",
  async (half) => {
    const losses: number[] = [];
    const images = coloured(feeds.latents);
    await train(runtime, tinyNetwork(half, config), {
      sizes,
      steps: 200,
      rate: 0.01,
      seed: 0,
      batch: () => ({ ...feeds, images }),
      onReport: (_, loss) => losses.push(loss),
    });
    expect(losses).toHaveLength(2);
    expect(losses[1]!).toBeLessThan(0.5 * losses[0]!);
  },
);

/** Images whose red, green and blue are the first three latents. */
function coloured({ data }: { readonly data: Float32Array }): Tensor<"float32"> {
  const images = new Float32Array(2 * 3 * 16 * 24);
  for (let i = 0; i < images.length; i++) {
    const [x, y, colour, which] = [
      i % 24,
      Math.floor(i / 24) % 16,
      Math.floor(i / 384) % 3,
      Math.floor(i / 1152),
    ];
    images[i] = Math.tanh(data[((which * 4 + colour) * 2 + (y >> 3)) * 3 + (x >> 3)]!);
  }
  return tensor(images, [2, 3, 16, 24]);
}

const difference = (a: Tensor, b: Tensor) =>
  Array.from(a.data as Float32Array, (value, i) => value - Number(b.data[i]));
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Computes the loss by its definition, from rows of `width` pixels of images of 16 rows. */
function imageLoss(errors: readonly number[], width: number): number {
  const huber = (error: number) => Math.sqrt(error ** 2 + 0.01) - 0.1;
  const pairs = (apart: number, isLast: (i: number) => boolean) =>
    errors.flatMap((error, i) => (isLast(i) ? [] : [huber(errors[i + apart]! - error)]));
  const rows = pairs(1, (i) => i % width === width - 1);
  const columns = pairs(width, (i) => Math.floor(i / width) % 16 === 15);
  return meanOf(errors.map(huber)) + meanOf(rows) + meanOf(columns);
}
