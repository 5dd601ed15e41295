import { ints } from "@sunstep/onnx-graph";
import { expect, it } from "vitest";
import { paddedChannels } from "../../src/lower/padded-channels.js";
import { raisePaddedChannels } from "../../src/raise/padded-channels.js";
import { build, expectEquivalent, operators, weight } from "../equivalence.js";

const convolution = (channels: number, { bias = true } = {}) =>
  build((graph) => {
    const x = graph.input("x", "float32", [2, channels, 5, 4]);
    const parameters = [weight(graph, [8, channels, 3, 3]), ...(bias ? [weight(graph, [8])] : [])];
    return graph.op("Conv", [x, ...parameters], { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]) });
  });

it.each([6, 9, 15])(
  "keeps what a convolution over %s channels computes, over a multiple of four",
  async (n) => {
    for (const bias of [true, false]) {
      // Up to 135 products of size 1, with zeros among them.
      const after = await expectEquivalent(convolution(n, { bias }), [paddedChannels], {
        rtol: 1e-5,
        atol: 1e-5,
      });
      const conv = after.graph.nodes.find(({ op }) => op === "Conv");
      const [, channels] = after.graph.values.get(conv?.inputs[0] ?? "")?.shape ?? [];
      expect(Number(channels) % 4).toBe(0);
      expect(conv?.inputs.length).toBe(bias ? 3 : 2);
      const raised = raisePaddedChannels.run(after).model;
      expect(operators(raised)).toEqual({ Conv: 1 });
      expect(raised.graph.nodes[0]?.inputs).toEqual(convolution(n, { bias }).graph.nodes[0]?.inputs);
    }
  },
);

it.each([3, 4, 5, 8, 12])("leaves a convolution over %s channels", (channels) => {
  expect(paddedChannels.run(convolution(channels)).modified).toBe(false);
});
