import { runPasses } from "@sunstep/onnx-graph";
import fc from "fast-check";
import { expect, it } from "vitest";
import { lowerForWasm } from "../../src/lower/for-wasm.js";
import { sliceAttention } from "../../src/lower/slice-attention.js";
import { expectEquivalent, operators } from "../equivalence.js";
import { attentionModel } from "./attention-model.js";

// Each query is computed as before: only ONNX Runtime's blocking of the products differs.
const tolerance = { rtol: 1e-5, atol: 2e-6 };

it("does not change the result of attention for any shape and limit", async () => {
  const shape = fc.record({
    batch: fc.integer({ min: 1, max: 3 }),
    queries: fc.integer({ min: 2, max: 40 }),
    keys: fc.integer({ min: 1, max: 80 }),
    heads: fc.integer({ min: 1, max: 4 }),
    headSize: fc.constantFrom(4, 10),
  });
  await fc.assert(
    fc.asyncProperty(shape, fc.integer({ min: 1, max: 20 }), async (sizes, queries) => {
      const most = Math.min(queries, sizes.queries - 1);
      const scoreBytes = 4 * sizes.batch * sizes.heads * sizes.keys * most;
      const sliced = await expectEquivalent(
        attentionModel(sizes),
        [sliceAttention({ scoreBytes })],
        tolerance,
      );
      expect(operators(sliced).Attention).toBe(Math.ceil(sizes.queries / most));
    }),
    { numRuns: 12 },
  );
});

it("keeps each slice below the number of products", () => {
  const sizes = { batch: 1, queries: 64, keys: 64, heads: 2, headSize: 8 };
  const limit = { scoreBytes: 2 ** 30, products: 8 * 64 * 16 };
  expect(operators(runPasses(attentionModel(sizes), [sliceAttention(limit)]).model).Attention).toBe(4);
});

it("leaves attention within the limit and causal attention as they are", () => {
  const sizes = { batch: 1, queries: 64, keys: 64, heads: 2, headSize: 8 };
  const limit = { scoreBytes: 4 * 2 * 64 * 64 };
  expect(runPasses(attentionModel(sizes), [sliceAttention(limit)]).modified).toBe(false);
  const causal = attentionModel({ ...sizes, causal: true });
  expect(runPasses(causal, [sliceAttention({ scoreBytes: 1 })]).modified).toBe(false);
});

it("keeps a VAE's attention at 1024x1024 in WebAssembly below 64 MiB of scores and 2^31 products", () => {
  const tokens = 128 * 128;
  const { graph } = runPasses(
    attentionModel({ batch: 1, queries: tokens, keys: tokens, heads: 1, headSize: 512 }),
    lowerForWasm,
  ).model;
  const slices = graph.nodes.filter(({ op }) => op === "MultiHeadAttention");
  const queries = slices.map(({ inputs: [query = ""] }) => graph.values.get(query)?.shape?.[1] as number);
  expect(queries.reduce((sum, count) => sum + count, 0)).toBe(tokens);
  for (const count of queries) {
    expect(4 * count * tokens).toBeLessThanOrEqual(2 ** 26);
    expect(2 * 512 * count * tokens).toBeLessThan(2 ** 31);
  }
});
