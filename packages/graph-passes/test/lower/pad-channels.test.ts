import { ints } from "@sunstep/onnx-graph";
import { expect, it } from "vitest";
import { padChannels } from "../../src/lower/pad-channels.js";
import { build, expectEquivalent, weight } from "../equivalence.js";

const convolution = (channels: number, { bias = true } = {}) =>
  build((graph) => {
    const x = graph.input("x", "float32", [2, channels, 5, 4]);
    const parameters = [weight(graph, [8, channels, 3, 3]), ...(bias ? [weight(graph, [8])] : [])];
    return graph.op("Conv", [x, ...parameters], { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]) });
  });

it.each([6, 9, 15])(
  "pads a convolution over %s channels to a multiple of four without changing its result",
  async (n) => {
    for (const bias of [true, false]) {
      // Up to 135 products of size 1, with zeros among them.
      const after = await expectEquivalent(convolution(n, { bias }), [padChannels], {
        rtol: 1e-5,
        atol: 1e-5,
      });
      const conv = after.graph.nodes.find(({ op }) => op === "Conv");
      const [, channels] = after.graph.values.get(conv?.inputs[0] ?? "")?.shape ?? [];
      expect(Number(channels) % 4).toBe(0);
      expect(conv?.inputs.length).toBe(bias ? 3 : 2);
    }
  },
);

it.each([3, 4, 5, 8, 12])("leaves a convolution over %s channels as it is", (channels) => {
  expect(padChannels.run(convolution(channels)).modified).toBe(false);
});
