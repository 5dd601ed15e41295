import { type GraphBuilder, int, ints, type Model, type Value } from "@sunstep/onnx-graph";
import fc from "fast-check";
import { expect, it } from "vitest";
import { lowerAttentionToMha } from "../../src/lower/attention-to-mha.js";
import { padKeys } from "../../src/lower/pad-keys.js";
import { lowerToOpset17 } from "../../src/lower/to-opset-17.js";
import { splitInvariant } from "../../src/split-invariant.js";
import { build, expectEquivalent, operators, weight } from "../equivalence.js";

interface Case {
  readonly batch: number;
  readonly heads: number;
  readonly headSize: number;
  readonly keys: number;
  /** Two attentions share queries, and the second one attends to this many stacked prompts. */
  readonly stacked?: number;
}

const context = 6;

const attention = (graph: GraphBuilder, queries: Value, name: string, keys: number, heads: number) => {
  const [batch = 1, , channels = 1] = queries.shape;
  const prompt = graph.input(name, "float32", [batch, keys, context]);
  const project = () => graph.op("MatMul", [prompt, weight(graph, [context, channels], 2)]);
  const attributes = { q_num_heads: int(heads), kv_num_heads: int(heads) };
  return graph.op("Attention", [queries, project(), project()], attributes);
};

const model = ({ batch, heads, headSize, keys, stacked = 0 }: Case): Model =>
  build((graph) => {
    const channels = heads * headSize;
    const image = graph.input("image", "float32", [batch, 10, 8]);
    const columns = graph.op("Transpose", [weight(graph, [channels, 8])], { perm: ints([1, 0]) });
    const query = graph.op("MatMul", [image, columns]);
    const attended = attention(graph, query, "prompt", keys, heads);
    if (stacked === 0) return attended;
    const queries = graph.op("Concat", new Array(stacked).fill(query), { axis: int(0) });
    const others = attention(graph, queries, "others", keys + 1, heads);
    const sum = graph.op("ReduceSum", [others, graph.ints([0])], { keepdims: int(1) });
    return graph.op("Add", [attended, sum]);
  });

const passes = [padKeys, lowerAttentionToMha, lowerToOpset17];
// Sums of a few dozen products in another order: float32 rounding only.
const tolerance = { rtol: 2e-5, atol: 5e-6 };

it("pads cross-attention to a multiple of 16 keys without changing its result", async () => {
  const sizes = fc.record({
    batch: fc.integer({ min: 1, max: 3 }),
    heads: fc.integer({ min: 1, max: 4 }),
    headSize: fc.constantFrom(4, 10),
    keys: fc.integer({ min: 1, max: 40 }).filter((keys) => keys % 16 !== 0),
  });
  await fc.assert(
    fc.asyncProperty(sizes, async (chosen) => {
      const after = await expectEquivalent(model(chosen), passes, tolerance);
      const node = after.graph.nodes.find(({ op }) => op === "MultiHeadAttention");
      expect(after.graph.values.get(node?.inputs[1] ?? "")?.shape?.[1]).toBe(
        16 * Math.ceil(chosen.keys / 16),
      );
    }),
    { numRuns: 8 },
  );
});

it("computes queries that are stacked for several prompts once", async () => {
  for (const batch of [1, 2]) {
    const before = model({ batch, heads: 2, headSize: 4, keys: 7, stacked: 2 });
    const after = await expectEquivalent(before, passes, tolerance);
    const products = ({ nodes }: Model["graph"]) => nodes.filter(({ op }) => op === "MatMul").length;
    expect(products(after.graph)).toBe(products(before.graph));
  }
});

it("adds one operator to the step and does the rest where keys are made", () => {
  const before = model({ batch: 1, heads: 2, headSize: 4, keys: 7 });
  const step = (lowered: Model) => operators(splitInvariant(lowered, ["prompt"]).step);
  const { Reshape: _, Pad: __, ...padded } = step(padKeys.run(before).model);
  expect(padded).toEqual({ ...step(before), Add: 1 });
});

it("leaves self-attention and multiples of 16 keys as they are", () => {
  expect(padKeys.run(model({ batch: 1, heads: 2, headSize: 4, keys: 32 })).modified).toBe(false);
  const selfAttention = build((graph) => {
    const image = graph.input("image", "float32", [1, 10, 8]);
    const columns = graph.op("Transpose", [weight(graph, [8, 8])], { perm: ints([1, 0]) });
    const made = graph.op("MatMul", [image, columns]);
    return graph.op("Attention", [made, image, image], { q_num_heads: int(2), kv_num_heads: int(2) });
  });
  expect(padKeys.run(selfAttention).modified).toBe(false);
});
