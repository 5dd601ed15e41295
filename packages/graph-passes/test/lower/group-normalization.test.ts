import { float, int } from "@sunstep/onnx-graph";
import fc from "fast-check";
import { it } from "vitest";
import { groupNormalizationToInstanceNormalization } from "../../src/lower/group-normalization-to-instance-normalization.js";
import { groupNormalizationToLayerNormalization } from "../../src/lower/group-normalization-to-layer-normalization.js";
import { toOpset17 } from "../../src/lower/to-opset-17.js";
import { build, expectEquivalent, weight } from "../equivalence.js";

const forms = [groupNormalizationToLayerNormalization, groupNormalizationToInstanceNormalization];

it.each(forms)("$name keeps what GroupNormalization computes, over shapes", async (form) => {
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
      await expectEquivalent(model, [form, toOpset17], {
        rtol: 1e-4,
        atol: 1e-5,
      });
    }),
    { numRuns: 15 },
  );
});
