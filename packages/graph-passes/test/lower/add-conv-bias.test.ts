import { ints } from "@sunstep/onnx-graph";
import { expect, it } from "vitest";
import { addConvBias } from "../../src/lower/add-conv-bias.js";
import { build, expectEquivalent, weight } from "../equivalence.js";

const convolution = (bias: boolean) =>
  build((graph) => {
    const x = graph.input("x", "float32", [2, 3, 5, 6]);
    const inputs = [x, weight(graph, [4, 3, 3, 3]), ...(bias ? [weight(graph, [4])] : [])];
    return graph.op("Conv", inputs, { pads: ints([1, 1, 1, 1]), strides: ints([2, 2]) });
  });

it("adds a bias that changes nothing", async () => {
  const { graph } = await expectEquivalent(convolution(false), [addConvBias], {
    rtol: 1e-6,
    atol: 1e-6,
  });
  const [inputs] = graph.nodes.map((node) => node.op === "Conv" && node.inputs);
  expect(inputs).toHaveLength(3);
});

it("leaves a convolution that has a bias as it is", () => {
  expect(addConvBias.run(convolution(true)).modified).toBe(false);
});
