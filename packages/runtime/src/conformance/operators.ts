// Values are worked out here in plain loops.
import { float, float32Data, GraphBuilder, int, ints } from "@sunstep/onnx-graph";
import { tensor } from "@sunstep/tensor";
import type { CaseTable } from "./case.js";
import { expectClose, expectTrue } from "./expect.js";
import { affine, floats, opsets, pattern } from "./models.js";

export const operatorCases: CaseTable = {
  async "computes elementwise operators"({ runtime, tolerance }) {
    const session = await (await runtime()).load(affine(5));
    const { y } = await session.run({ x: floats([-2, -0.5, 0, 3, 1e6]) });
    expectClose(y!.data, [-3, 0, 1, 7, 2e6 + 1], tolerance);
    await session.dispose();
  },

  async "broadcasts and keeps shapes"({ runtime, tolerance }) {
    const graph = new GraphBuilder({ name: "broadcast", opsets });
    const x = graph.input("x", "float32", [2, 3]);
    const row = graph.initializer("row", float32Data([10, 20, 30], [1, 3]));
    graph.output("y", graph.op("Unsqueeze", [graph.op("Add", [x, row]), graph.ints([0])]));
    const session = await (await runtime()).load(graph.build());
    const { y } = await session.run({ x: floats([1, 2, 3, 4, 5, 6], [2, 3]) });
    expectTrue(String(y!.shape) === "1,2,3", `shape [${y!.shape}]`);
    expectTrue(
      String(session.outputs[0]?.shape) === "1,2,3",
      `declared shape [${session.outputs[0]?.shape}]`,
    );
    expectClose(y!.data, [11, 22, 33, 14, 25, 36], tolerance);
    await session.dispose();
  },

  async "multiplies matrices"({ runtime, tolerance }) {
    const [m, k, n] = [5, 33, 17];
    const [a, b] = [pattern(m * k), pattern(k * n)];
    const graph = new GraphBuilder({ name: "matmul", opsets });
    const x = graph.input("x", "float32", [m, k]);
    graph.output("y", graph.op("MatMul", [x, graph.initializer("b", float32Data(b, [k, n]))]));
    const session = await (await runtime()).load(graph.build());
    const { y } = await session.run({ x: tensor(a, [m, k]) });
    const expected = Array.from({ length: m * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return Array.from({ length: k }, (_, l) => a[i * k + l]! * b[l * n + j]!).reduce(
        (sum, part) => sum + part,
      );
    });
    expectClose(y!.data, expected, tolerance);
    await session.dispose();
  },

  async "convolves with padding and stride"({ runtime, tolerance }) {
    const graph = new GraphBuilder({ name: "conv", opsets });
    const x = graph.input("x", "float32", [1, 1, 4, 4]);
    const w = graph.initializer("w", float32Data([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]));
    const bias = graph.initializer("bias", float32Data([100], [1]));
    const attributes = { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]), strides: ints([2, 2]) };
    graph.output("y", graph.op("Conv", [x, w, bias], attributes));
    const session = await (await runtime()).load(graph.build());
    const { y } = await session.run({ x: floats(Array(16).fill(1), [1, 1, 4, 4]) });
    // sums of the kernel's rows and columns that lie on the image
    expectClose(y!.data, [100 + 28, 100 + 39, 100 + 33, 100 + 45], tolerance);
    await session.dispose();
  },

  async "convolves any number of channels, with and without a bias"({ runtime, tolerance }) {
    for (const channels of [3, 6, 9, 10]) {
      const [outputs, side] = [8, 4];
      const graph = new GraphBuilder({ name: "channels", opsets });
      const x = graph.input("x", "float32", [1, channels, side, side]);
      const weights = pattern(outputs * channels);
      const w = graph.initializer("w", float32Data(spread(weights), [outputs, channels, 3, 3]));
      const bias = graph.initializer("bias", float32Data(Array(outputs).fill(1), [outputs]));
      const attributes = { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]) };
      graph.output("plain", graph.op("Conv", [x, w, undefined], attributes));
      graph.output("biased", graph.op("Conv", [x, w, bias], attributes));
      const session = await (await runtime()).load(graph.build());
      const values = pattern(channels * side ** 2);
      const { plain, biased } = await session.run({ x: tensor(values, [1, channels, side, side]) });
      // Every kernel is zero but for its middle.
      const expected = Array.from({ length: outputs * side ** 2 }, (_, at) => {
        const [output, position] = [Math.floor(at / side ** 2), at % side ** 2];
        return Array.from({ length: channels }, (_, channel) => channel).reduce(
          (sum, channel) =>
            sum + weights[output * channels + channel]! * values[channel * side ** 2 + position]!,
          0,
        );
      });
      expectClose(plain!.data, expected, tolerance);
      expectClose(
        biased!.data,
        expected.map((value) => value + 1),
        tolerance,
      );
      await session.dispose();
    }
  },

  async "computes sines and cosines as precisely as other operators"({ runtime, tolerance }) {
    const angles = Array.from({ length: 1000 }, (_, i) => i);
    const graph = new GraphBuilder({ name: "timesteps", opsets });
    const x = graph.input("x", "float32", [angles.length]);
    const scaled = graph.op("Mul", [x, graph.scalar(0.5)]);
    // The addition that reads them runs on the device again.
    graph.output("y", graph.op("Add", [graph.op("Sin", [scaled]), graph.op("Cos", [scaled])]));
    const session = await (await runtime()).load(graph.build());
    const { y } = await session.run({ x: floats(angles) });
    expectClose(
      y!.data,
      angles.map((angle) => Math.sin(angle / 2) + Math.cos(angle / 2)),
      tolerance,
    );
    await session.dispose();
  },

  async "runs the raised operators that networks emit"({ runtime, tolerance }) {
    const graph = new GraphBuilder({ name: "raised", opsets });
    const x = graph.input("x", "float32", [1, 4, 2, 2]);
    const scale = graph.initializer("scale", float32Data([1, 1, 2, 2], [4]));
    const bias = graph.initializer("bias", float32Data([0, 1, 0, 1], [4]));
    const normed = graph.op("GroupNormalization", [x, scale, bias], {
      num_groups: int(2),
      epsilon: float(1e-5),
    });
    graph.output("y", normed);
    graph.output("z", graph.op("Mul", [x, graph.op("Sigmoid", [x])]));
    const session = await (await runtime()).load(graph.build());
    const values = pattern(16);
    const { y, z } = await session.run({ x: tensor(values, [1, 4, 2, 2]) });
    const expected = Array.from(values, (value, i) => {
      const group = values.slice(i < 8 ? 0 : 8, i < 8 ? 8 : 16);
      const mean = group.reduce((sum, part) => sum + part) / 8;
      const variance = group.reduce((sum, part) => sum + (part - mean) ** 2, 0) / 8;
      const channel = Math.floor(i / 4);
      return ((value - mean) / Math.sqrt(variance + 1e-5)) * (channel < 2 ? 1 : 2) + (channel % 2);
    });
    expectClose(y!.data, expected, 10 * tolerance);
    expectClose(
      z!.data,
      Array.from(values, (value) => value / (1 + Math.exp(-value))),
      10 * tolerance,
    );
    await session.dispose();
  },

  async "attends, head by head"({ runtime, tolerance }) {
    const [tokens, channels, heads] = [40, 32, 4];
    const size = channels / heads;
    const graph = new GraphBuilder({ name: "attention", opsets });
    const shape = [1, tokens, channels];
    const [q, k, v] = ["q", "k", "v"].map((name) => graph.input(name, "float32", shape));
    graph.output(
      "y",
      graph.op("Attention", [q!, k!, v!], { q_num_heads: int(heads), kv_num_heads: int(heads) }),
    );
    const session = await (await runtime()).load(graph.build());
    const all = pattern(3 * tokens * channels);
    const [query, key, value] = [0, 1, 2].map((i) =>
      all.slice(i * tokens * channels).slice(0, tokens * channels),
    );
    const { y } = await session.run({
      q: tensor(query!, shape),
      k: tensor(key!, shape),
      v: tensor(value!, shape),
    });
    const expected = Array.from(query!, (_, at) => {
      const [row, column] = [Math.floor(at / channels), at % channels];
      const head = column - (column % size);
      const weights = Array.from({ length: tokens }, (_, other) => {
        let score = 0;
        for (let i = head; i < head + size; i++)
          score += query![row * channels + i]! * key![other * channels + i]!;
        return Math.exp(score / Math.sqrt(size));
      });
      const sum = weights.reduce((total, weight) => total + weight);
      return weights.reduce((mixed, weight, i) => mixed + (weight / sum) * value![i * channels + column]!, 0);
    });
    expectClose(y!.data, expected, 10 * tolerance);
    await session.dispose();
  },
};

/** Weights of 1x1 kernels in the middle of 3x3 ones. */
function spread(weights: Float32Array): number[] {
  return Array.from(weights).flatMap((weight) => [0, 0, 0, 0, weight, 0, 0, 0, 0]);
}
