import { float, int } from "@sunstep/onnx-graph";
import fc from "fast-check";
import { it } from "vitest";
import { lowerGroupNormToInstanceNorm } from "../../src/lower/group-norm-to-instance-norm.js";
import { lowerGroupNormToLayerNorm } from "../../src/lower/group-norm-to-layer-norm.js";
import { lowerToOpset17 } from "../../src/lower/to-opset-17.js";
import { build, expectEquivalent, weight } from "../equivalence.js";

const forms = [lowerGroupNormToLayerNorm, lowerGroupNormToInstanceNorm];

it.each(forms)("$name does not change the result for any shape", async (form) => {
  const shape = fc.record({
    batch: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 8 }),
    perGroup: fc.integer({ min: 1, max: 6 }),
    height: fc.integer({ min: 1, max: 9 }),
    width: fc.integer({ min: 2, max: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(shape, async ({ batch, groups, perGroup, height, width }) => {
      const channels = groups * perGroup;
      const model = build((graph) => {
        const x = graph.input("x", "float32", [batch, channels, height, width]);
        return graph.op("GroupNormalization", [x, weight(graph, [channels]), weight(graph, [channels])], {
          num_groups: int(groups),
          epsilon: float(1e-5),
        });
      });
      // Mean and variance are summed in another order; a group may have two elements only.
      await expectEquivalent(model, [form, lowerToOpset17], {
        rtol: 1e-4,
        atol: 1e-5,
      });
    }),
    { numRuns: 15 },
  );
});
