import { writeOnnx } from "@sunstep/onnx-graph";
import { runOnnx } from "@sunstep/testing";
import { expect, it } from "vitest";
import type { KerasLayer, KerasModel } from "./keras-model.js";
import { kerasToOnnx } from "./keras-to-onnx.js";

const layer = (
  class_name: string,
  name: string,
  from: readonly string[],
  config: KerasLayer["config"] = {},
): KerasLayer => ({
  class_name,
  name,
  config,
  inbound_nodes: from.length > 0 ? [from.map((input) => [input, 0, 0] as const)] : [],
});

/** Bytes are the numbers themselves. */
const plain = { min: 0, scale: 1, dtype: "uint8" } as const;

const model: KerasModel = {
  modelTopology: {
    model_config: {
      config: {
        layers: [
          layer("InputLayer", "input", [], { batch_input_shape: [null, 2, 2, 1] }),
          layer("ZeroPadding2D", "pad", ["input"], {
            padding: [
              [0, 1],
              [0, 1],
            ],
          }),
          layer("Conv2D", "conv", ["pad"], { strides: [2, 2], padding: "valid" }),
          layer("BatchNormalization", "norm", ["conv"], { epsilon: 0 }),
          layer("ReLU", "relu", ["norm"], { max_value: 6 }),
          layer("DepthwiseConv2D", "depthwise", ["relu"], { strides: [1, 1], padding: "same" }),
          layer("Add", "add", ["relu", "depthwise"]),
        ],
      },
    },
  },
  weightsManifest: [
    {
      weights: [
        { name: "conv/kernel", shape: [3, 3, 1, 2], quantization: plain },
        { name: "norm/gamma", shape: [2], quantization: plain },
        { name: "norm/beta", shape: [2], quantization: plain },
        { name: "norm/moving_mean", shape: [2], quantization: plain },
        { name: "norm/moving_variance", shape: [2], quantization: plain },
        { name: "depthwise/depthwise_kernel", shape: [3, 3, 2, 1], quantization: { ...plain, scale: 0.5 } },
      ],
    },
  ],
};

it("computes as Keras does: padding, strides, channels last, normalisation, ReLU6, depthwise, sums", async () => {
  // Kernel of channel 0: 1 at the first position; of channel 1: 1, 2, … 9 over the window.
  const conv = Array.from({ length: 9 }, (_, i) => [i === 0 ? 1 : 0, i + 1]).flat();
  // Depthwise: only the centre of a 1 x 1 image counts; 2 * 0.5 for channel 0, 4 * 0.5 for channel 1.
  const depthwise = Array.from({ length: 9 }, (_, i) => (i === 4 ? [2, 4] : [7, 7])).flat();
  const bytes = Uint8Array.from([...conv, 2, 1, 1, 0, 1, 30, 4, 25, ...depthwise]);
  const onnx = writeOnnx(kerasToOnnx(model, bytes, ["relu", "add"], 1));
  const image = { dtype: "float32", shape: [1, 1, 2, 2], data: Float32Array.of(3, 1, 2, 4) };
  const { relu, add } = await runOnnx(
    onnx instanceof Uint8Array ? onnx : (onnx as { bytes: Uint8Array }).bytes,
    { image },
  );
  // Window 3 1 0 / 2 4 0 / 0 0 0: channel 0 is 3, channel 1 is 3 + 2 + 8 + 20 = 33.
  // Normalised: 2 (3 - 1) / 2 + 1 = 3; 1 (33 - 30) / 5 + 0 = 0.6.
  expect([...relu!.data].map(Number)).toEqual([expect.closeTo(3, 5), expect.closeTo(0.6, 5)]);
  expect([...add!.data].map(Number)).toEqual([expect.closeTo(3 + 3, 5), expect.closeTo(0.6 + 1.2, 5)]);
});

it("names a layer without a rule", () => {
  const unknown = {
    ...model,
    modelTopology: { model_config: { config: { layers: [layer("LSTM", "memory", [])] } } },
  };
  expect(() => kerasToOnnx({ ...unknown, weightsManifest: [] }, new Uint8Array(), ["memory"], 1)).toThrow(
    /memory.*LSTM/,
  );
});
