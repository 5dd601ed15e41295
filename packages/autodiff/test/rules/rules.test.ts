// Every rule against central differences that ONNX Runtime computes.
import { float, GraphBuilder, int } from "@sunstep/onnx-graph";
import { tensor } from "@sunstep/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { gradientRules } from "../../src/gradient-rules.js";
import { gradients } from "../../src/index.js";
import {
  type Differentiable,
  expectFiniteDifferences,
  stopRuntime,
  withSession,
} from "../finite-differences.js";
import { elementwiseCases } from "./elementwise-cases.js";
import { layoutCases } from "./layout-cases.js";
import { networkCases } from "./network-cases.js";
import { reductionCases } from "./reduction-cases.js";

afterAll(stopRuntime);

const cases = { ...elementwiseCases, ...reductionCases, ...layoutCases, ...networkCases };

/** Operators that become others before they are differentiated. */
const composites: Readonly<Record<string, Differentiable>> = {
  "GroupNormalization of one channel": {
    inputs: [[2, 1, 2, 3], [1], [1]],
    emit: (graph, ...inputs) => graph.op("GroupNormalization", inputs, { num_groups: int(1) }),
  },
  "InstanceNormalization of one channel": {
    inputs: [[3, 1, 5], [1], [1]],
    emit: (graph, ...inputs) => graph.op("InstanceNormalization", inputs),
  },
  GroupNormalization: {
    inputs: [[2, 4, 2, 3], [4], [4]],
    emit: (graph, ...inputs) => graph.op("GroupNormalization", inputs, { num_groups: int(2) }),
  },
  InstanceNormalization: {
    inputs: [[2, 3, 5], [3], [3]],
    emit: (graph, ...inputs) => graph.op("InstanceNormalization", inputs),
  },
};

it("has a case for every rule", () => {
  expect(Object.keys(cases).sort()).toEqual(Object.keys(gradientRules));
});

describe.each(Object.entries(cases))("the rule of %s agrees with finite differences", (_, own) => {
  it.each(Object.entries(own))("%s", (_name, differentiable) => expectFiniteDifferences(differentiable));
});

// 24 bytes are two queries of a head where there are three keys.
describe.each([1, 24])(
  "the rule of Attention agrees with finite differences in parts of %i bytes",
  (bytes) => {
    it.each([
      "of tokens",
      "of other value sizes",
      "with a scale",
      "of tokens with fewer key heads",
      "that is not differentiated by its keys",
    ])("%s", (name) => expectFiniteDifferences(cases.Attention![name]!, { attentionBytes: bytes }));
  },
);

it("never holds more scores of an attention than attentionBytes", () => {
  const [heads, queries, keys] = [2, 8, 16];
  const graph = new GraphBuilder({ name: "attention", opsets: { "": 23 } });
  const [q, k, v] = ["q", "k", "v"].map((name) =>
    graph.input(name, "float32", [1, name === "q" ? queries : keys, 8]),
  );
  const attended = graph.op("Attention", [q, k, v], { q_num_heads: int(heads), kv_num_heads: int(heads) });
  graph.output("loss", graph.op("ReduceSum", [attended], { keepdims: int(0) }));
  const partsWithin = (attentionBytes: number) =>
    gradients(graph.build(), {
      loss: "loss",
      withRespectTo: ["q", "k", "v"],
      attentionBytes,
    }).graph.nodes.filter(({ op }) => op === "Softmax");
  const bytes = 4 * queries * keys;
  expect(partsWithin(heads * bytes)).toHaveLength(1);
  expect(partsWithin(bytes)).toHaveLength(heads);
  expect(partsWithin(bytes / 4)).toHaveLength(4 * heads);
});

it.each(Object.entries(composites))("agrees with finite differences for %s", (_, differentiable) =>
  expectFiniteDifferences(differentiable),
);

it("normalizes each sample of a batch on its own where one scale is for all", async () => {
  const graph = new GraphBuilder({ name: "batch", opsets: { "": 17 } });
  const x = graph.input("x", "float32", [2, 2]);
  const scale = graph.input("scale", "float32", [1]);
  const y = graph.op("LayerNormalization", [x, scale], { epsilon: float(1e-5) });
  const loss = graph.op("Slice", [y, graph.ints([0, 0]), graph.ints([1, 1])]);
  graph.output("loss", loss);
  const model = gradients(graph.build(), { loss: "loss", withRespectTo: ["x", "scale"] });
  const given = { x: tensor(Float32Array.of(0, 1, 0, 10), [2, 2]), scale: tensor(Float32Array.of(1), [1]) };
  const results = await withSession(model, (run) => run(given));
  // The loss reads the first sample alone: d y / d scale is (x - mean) / sqrt(variance + epsilon).
  expect(results["grad/scale"]!.data).toBeAllclose([-0.5 / Math.sqrt(0.25 + 1e-5)], { atol: 1e-6 });
  expect((results["grad/x"]!.data as Float32Array).slice(2)).toEqual(Float32Array.of(0, 0));
});

describe("the gradient of Pow at x = 0", () => {
  // torch's pow_backward_self and pow_backward_exponent (torch/csrc/autograd/FunctionsManual.cpp).
  const cases: readonly (readonly [string, number[], number[], number[], number[]])[] = [
    ["is 0 for exponent 0", [0, 0, 2], [0, 0, 0], [0, 0, 0], [0, 0, Math.LN2]],
    ["is 1 for exponent 1", [0, 0, 2], [1, 1, 1], [1, 1, 1], [0, 0, 2 * Math.LN2]],
    ["is 0 for greater exponents", [0, 0, 2], [2, 1.5, 3], [0, 0, 12], [0, 0, 8 * Math.LN2]],
  ];

  it.each(cases)("%s", async (_, base, exponent, byBase, byExponent) => {
    const graph = new GraphBuilder({ name: "power", opsets: { "": 17 } });
    const [x, p] = [graph.input("x", "float32", [3]), graph.input("p", "float32", [3])];
    graph.output("loss", graph.op("ReduceSum", [graph.op("Pow", [x, p])], { keepdims: int(0) }));
    const model = gradients(graph.build(), { loss: "loss", withRespectTo: ["x", "p"] });
    const feeds = { x: tensor(Float32Array.from(base), [3]), p: tensor(Float32Array.from(exponent), [3]) };
    const results = await withSession(model, (run) => run(feeds));
    expect(results["grad/x"]!.data).toBeAllclose(byBase, { atol: 1e-6 });
    expect(results["grad/p"]!.data).toBeAllclose(byExponent, { rtol: 1e-6 });
  });
});
