import { ints, string } from "@sunstep/onnx-graph";
import fc from "fast-check";
import { expect, it } from "vitest";
import { splitUpsampledConvs } from "../../src/lower/split-upsampled-convs.js";
import { lowerToOpset17 } from "../../src/lower/to-opset-17.js";
import { build, expectEquivalent, weight } from "../equivalence.js";

const upsampled = (
  {
    batch,
    inputs,
    outputs,
    height,
    width,
  }: Record<"batch" | "inputs" | "outputs" | "height" | "width", number>,
  factor = 2,
) =>
  build((graph) => {
    const x = graph.input("x", "float32", [batch, inputs, height, width]);
    const scales = graph.floats([1, 1, factor, factor]);
    const large = graph.op("Resize", [x, undefined, scales], {
      mode: string("nearest"),
      coordinate_transformation_mode: string("asymmetric"),
      nearest_mode: string("floor"),
    });
    return graph.op("Conv", [large, weight(graph, [outputs, inputs, 3, 3]), weight(graph, [outputs])], {
      kernel_shape: ints([3, 3]),
      strides: ints([1, 1]),
      pads: ints([1, 1, 1, 1]),
    });
  });

it("does not change the convolution of a doubled image for any shape", async () => {
  const shape = fc.record({
    batch: fc.integer({ min: 1, max: 2 }),
    inputs: fc.constantFrom(1, 3, 16, 32),
    outputs: fc.constantFrom(1, 5, 16, 32),
    height: fc.integer({ min: 1, max: 7 }),
    width: fc.integer({ min: 1, max: 7 }),
  });
  await fc.assert(
    fc.asyncProperty(shape, async (sizes) => {
      // Up to 288 products of size 1, summed in another order.
      const after = await expectEquivalent(upsampled(sizes), [splitUpsampledConvs, lowerToOpset17], {
        rtol: 1e-4,
        atol: 2e-5,
      });
      expect(after.graph.nodes.some((node) => node.op === "Resize")).toBe(false);
    }),
    { numRuns: 20 },
  );
});

it("leaves an image enlarged by another factor as it is", () => {
  const model = upsampled({ batch: 1, inputs: 3, outputs: 4, height: 2, width: 2 }, 3);
  expect(splitUpsampledConvs.run(model).modified).toBe(false);
});
