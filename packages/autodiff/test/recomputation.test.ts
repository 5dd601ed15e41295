import { storedPeak } from "@sunstep/graph-passes";
import { float32Data, GraphBuilder, int, type Model } from "@sunstep/onnx-graph";
import { afterAll, describe, expect, it } from "vitest";
import { gradients, planRecomputation } from "../src/index.js";
import { numbers, randomFeeds, stopRuntime, withSession } from "./finite-differences.js";

afterAll(stopRuntime);

const [ROWS, SIZE, LAYERS] = [64, 8, 32];

/** Residual layers x + W tanh(gelu(x)), whose elementwise values are most of the memory and little of the time. */
function network(): Model {
  const graph = new GraphBuilder({ name: "layers", opsets: { "": 23 } });
  let value = graph.input("x", "float32", [ROWS, SIZE]);
  for (let i = 0; i < LAYERS; i++) {
    const weight = graph.initializer(`w${i}`, float32Data(numbers(SIZE * SIZE, i), [SIZE, SIZE]));
    const bent = graph.op("Tanh", [graph.op("Gelu", [value])]);
    value = graph.op("Add", [value, graph.op("MatMul", [bent, weight])]);
  }
  graph.output("loss", graph.op("ReduceSum", [value], { keepdims: int(0) }));
  return graph.build();
}

const model = network();
const asked = { loss: "loss", withRespectTo: ["x", "w0", `w${LAYERS - 1}`] } as const;
const differentiated = (checkpoint?: readonly string[]) =>
  gradients(model, { ...asked, ...(checkpoint && { checkpoint }) });
const estimate = (checkpoint?: readonly string[]) => storedPeak(differentiated(checkpoint)).bytes;
const everything = estimate();
const smallest = planRecomputation(model, { limit: 0, estimate });

describe("planRecomputation", () => {
  it("keeps all values where they fit", () => {
    expect(planRecomputation(model, { limit: everything, estimate })).toEqual({
      bytes: everything,
      repeated: 0,
    });
  });

  it("returns the smallest plan for an impossible limit", () => {
    expect(smallest.bytes).toBeLessThan(0.6 * everything);
    expect(smallest.bytes).toBeGreaterThan(0);
    expect(planRecomputation(model, { limit: smallest.bytes, estimate }).bytes).toBe(smallest.bytes);
  });

  it.each([0.7, 0.9])("stays within %f of the memory, and repeats less where there is more", (share) => {
    const plan = planRecomputation(model, { limit: share * everything, estimate });
    expect(plan.bytes).toBe(estimate(plan.checkpoint));
    expect(plan.bytes).toBeLessThanOrEqual(share * everything);
    expect(plan.repeated).toBeGreaterThan(0);
    expect(plan.repeated).toBeLessThan(smallest.repeated);
  });

  it("leaves gradients as they are, to the bit", async () => {
    const given = randomFeeds(model);
    const all = await withSession(differentiated(), (run) => run(given), { weights: "stored" });
    for (const share of [0, 0.8]) {
      const { checkpoint } = planRecomputation(model, { limit: share * everything, estimate });
      const again = await withSession(differentiated(checkpoint), (run) => run(given), { weights: "stored" });
      expect(again).toEqual(all);
    }
  });
});
