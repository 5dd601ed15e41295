// A U-Net with a LoRA whose factors are one input vector of the graph.

import type { Component, UNetConfig, WeightRef, Weights } from "@sunstep/checkpoint";
import { weightsFromInput } from "@sunstep/distillation/training";
import type { ByteSource } from "@sunstep/files";
import { addLoras, type Lora, type LoraTarget } from "@sunstep/lora";
import { buildUNet } from "@sunstep/networks";
import { embedModel, GraphBuilder, int, type Model } from "@sunstep/onnx-graph";
import { elementCount, type Tensor, TorchGenerator, tensor } from "@sunstep/tensor";

/** The trained layers: projections of attention and feed-forward layers, and those into and out of transformers. */
const TRAINED = /\.(to_q|to_k|to_v|to_out\.0|proj_in|proj_out|ff\.net\.0\.proj|ff\.net\.2)\.weight$/;

export interface LoraNetwork {
  readonly lora: Lora;
  /** Stands for the vector of all factors; its bytes cannot be read. */
  readonly source: ByteSource;
  /** The factors of each trained layer, in the order of the vector. */
  readonly pairs: readonly { readonly down: WeightRef; readonly up: WeightRef }[];
}

/** Lays out the LoRA of a U-Net: a pair of factors for each trained layer, under kohya's names (kohya-ss/sd-scripts). */
export function loraNetwork(weights: Weights, rank: number): LoraNetwork {
  const layers = weights.names().filter((name) => TRAINED.test(name));
  const sizes = layers.map((name) => {
    const [outputs = 0, inputs = 0, ...kernel] = weights.get(name).shape;
    return { down: [rank, inputs, ...kernel], up: [outputs, rank, ...kernel.map(() => 1)] };
  });
  const total = sizes.reduce((sum, { down, up }) => sum + elementCount(down) + elementCount(up), 0);
  const source: ByteSource = {
    name: "the LoRA in training",
    size: 4 * total,
    read: () => Promise.reject(new Error("the factors of a LoRA in training are an input of the graph")),
  };
  let offset = 0;
  const place = (name: string, shape: readonly number[]): WeightRef => {
    const length = 4 * elementCount(shape);
    const placed = { name, dtype: "float32", shape, source, offset, length } as const;
    offset += length;
    return placed;
  };
  const pairs = layers.map((layer, i) => {
    const spelled = `lora_unet_${layer.slice(0, -".weight".length).replaceAll(".", "_")}`;
    return {
      down: place(`${spelled}.lora_down.weight`, sizes[i]!.down),
      up: place(`${spelled}.lora_up.weight`, sizes[i]!.up),
    };
  });
  const targets = layers.map((parameter, i): LoraTarget => {
    const { down, up } = pairs[i]!;
    return { network: "unet", parameter, update: { kind: "product", left: up, right: down }, strength: 1 };
  });
  return { lora: { targets, unknown: [], warnings: [] }, source, pairs };
}

/** Returns the initial factors of LoRA: `up` zero, `down` uniform over +-1 / sqrt(inputs) (Hu et al. 2021, arXiv 2106.09685, section 4.1). */
export function initialFactors({ pairs, source }: LoraNetwork, seed: number): Float32Array {
  const vector = new Float32Array(source.size / 4);
  const random = new TorchGenerator(seed);
  for (const { down } of pairs) {
    const bound = 1 / Math.sqrt(elementCount(down.shape.slice(1)));
    const values = random.rand(elementCount(down.shape)).map((value) => bound * (2 * value - 1));
    vector.set(values, down.offset / 4);
  }
  return vector;
}

/** Returns the tensors of a LoRA's file. */
export function loraTensors({ pairs }: LoraNetwork, vector: Float32Array): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  for (const { down, up } of pairs) {
    for (const { name, shape, offset, length } of [down, up])
      tensors[name] = tensor(vector.subarray(offset / 4, (offset + length) / 4), shape);
    tensors[down.name.replace(/\.lora_down\.weight$/, ".alpha")] = tensor(
      Float32Array.of(down.shape[0]!),
      [],
    );
  }
  return tensors;
}

export interface Sizes {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly tokens: number;
}

/**
 * Builds the graph of `loss`, the mean square between the noise in `sample` and the predicted noise (Ho et al. 2020, arXiv
 * 2006.11239, equation 14). Inputs: `buildUNet`'s, `noise`, shaped like `sample`, and `parameters`.
 */
export function loraLossGraph(unet: Component<UNetConfig>, sizes: Sizes, network: LoraNetwork): Model {
  const built = buildUNet({ ...unet, ...sizes });
  const merged = addLoras([{ lora: network.lora, scale: 1 }], "unet").run(built).model;
  const factors = network.pairs.flatMap(({ down, up }) => [down, up]);
  const places = factors.map(({ shape, offset }) => ({ shape, offset: offset / 4 }));
  const open = weightsFromInput(merged, network.source, places);
  const graph = new GraphBuilder({ name: "LoRA loss", opsets: open.opsets });
  const inputs = graph.inputsOf(open);
  const noise = graph.input("noise", "float32", inputs.sample!.shape);
  const { out_sample: predicted } = embedModel(graph, open, { scope: "network", inputs });
  const difference = graph.op("Sub", [predicted, noise]);
  graph.output(
    "loss",
    graph.op("ReduceMean", [graph.op("Mul", [difference, difference])], { keepdims: int(0) }),
  );
  return graph.build();
}
