import { writeFile } from "node:fs/promises";
import { fileOfSize } from "@sunstep/files/node";
import { float, GraphBuilder, int, ints, type Model, type Value } from "@sunstep/onnx-graph";
import { TorchGenerator, tensor } from "@sunstep/tensor";

const channels = 32;
const weightsOf = (layers: number) => layers * channels * channels * 9;

/** Bytes of the weights file of `residualNet`. */
export const weightFileBytes = (layers: number) => 4 * weightsOf(layers) + 7;

/**
 * A chain of residual convolution blocks with one long skip, as a small U-Net has it: x [1, 32, 8, 8] to y of the same
 * shape, weights at an odd offset of a file that is written to `path`.
 */
export async function residualNet(path: string, layers: number, seed = 0): Promise<Model> {
  const weights = new TorchGenerator(seed).randn(weightsOf(layers)).map((value) => value / 20);
  const file = new Uint8Array(weightFileBytes(layers));
  file.set(new Uint8Array(weights.buffer), 7);
  await writeFile(path, file);
  const source = fileOfSize(path, file.byteLength);
  const graph = new GraphBuilder({ name: "residual", opsets: { "": 23 } });
  const x = graph.input("x", "float32", [1, channels, 8, 8]);
  const scale = graph.input("scale", "float32", [1]);
  let y: Value = x;
  let skip: Value | undefined;
  for (let i = 0; i < layers; i++) {
    const length = 4 * channels * channels * 9;
    const data = { kind: "external", source, offset: 7 + i * length, length } as const;
    const shape = [channels, channels, 3, 3];
    const w = graph.initializer(`w${i}`, { dtype: "float32", shape, data });
    const ones = graph.initializer(`ones${i}`, {
      dtype: "float32",
      shape: [channels],
      data: { ...data, length: 4 * channels },
    });
    const normed = graph.op("GroupNormalization", [y, ones, ones], {
      num_groups: int(4),
      epsilon: float(1e-5),
    });
    const active = graph.op("Mul", [normed, graph.op("Sigmoid", [normed])]);
    const attributes = { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]) };
    y = graph.op("Add", [y, graph.op("Conv", [active, w, ones], attributes)]);
    skip ??= y;
  }
  graph.output("y", graph.op("Add", [y, graph.op("Mul", [skip!, scale])]));
  return graph.build();
}

export function residualFeeds(scale: number, seed = 1) {
  const x = tensor(new TorchGenerator(seed).randn(channels * 64), [1, channels, 8, 8]);
  return { x, scale: tensor(Float32Array.of(scale), [1]) };
}
