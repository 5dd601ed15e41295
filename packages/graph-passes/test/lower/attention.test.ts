import type { Pass } from "@sunstep/onnx-graph";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lowerAttentionToMha } from "../../src/lower/attention-to-mha.js";
import { lowerAttentionToSoftmax } from "../../src/lower/attention-to-softmax.js";
import { lowerToOpset17 } from "../../src/lower/to-opset-17.js";
import { expectEquivalent } from "../equivalence.js";
import { attentionModel } from "./attention-model.js";

// Sums of a few dozen products in another order: float32 rounding only.
const tolerance = { rtol: 1e-5, atol: 2e-6 };

const passes: Record<string, readonly [Pass, string]> = {
  lowerAttentionToMha: [lowerAttentionToMha, "MultiHeadAttention"],
  lowerAttentionToSoftmax: [lowerAttentionToSoftmax, "Softmax"],
};

describe.each(Object.entries(passes))("%s", (_, [pass, operator]) => {
  it("does not change the result of attention for any shape", async () => {
    const shape = fc.record({
      batch: fc.integer({ min: 1, max: 3 }),
      queries: fc.integer({ min: 1, max: 40 }),
      keys: fc.integer({ min: 1, max: 80 }),
      heads: fc.integer({ min: 1, max: 4 }),
      headSize: fc.constantFrom(4, 10, 40),
      scale: fc.constantFrom(0.3, 1, undefined).map((scale) => scale ?? 0.5),
    });
    await fc.assert(
      fc.asyncProperty(shape, async (sizes) => {
        const { graph } = await expectEquivalent(attentionModel(sizes), [pass, lowerToOpset17], tolerance);
        expect(graph.nodes.map((node) => node.op)).toContain(operator);
      }),
      { numRuns: 12 },
    );
  });

  it("does not change causal attention over more or fewer keys than queries", async () => {
    for (const keys of [3, 9]) {
      const causal = attentionModel({ batch: 2, queries: 6, keys, heads: 2, headSize: 4, causal: true });
      // A pass that cannot express it leaves it to the next one.
      await expectEquivalent(causal, [pass, lowerAttentionToSoftmax, lowerToOpset17], tolerance);
    }
  });

  it("does not change causal attention and the default scale", async () => {
    await expectEquivalent(
      attentionModel({ batch: 2, queries: 77, keys: 77, heads: 4, headSize: 16, causal: true }),
      [pass, lowerToOpset17],
      tolerance,
    );
  });
});
