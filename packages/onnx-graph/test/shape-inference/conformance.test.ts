// Conformance: for random sizes and attributes, inferred types are those of the tensors that ONNX Runtime returns.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runModel } from "../run-model.js";
import { elementwiseCases } from "./elementwise-cases.js";
import { build } from "./generators.js";
import { layoutCases } from "./layout-cases.js";
import { networkCases } from "./network-cases.js";

const cases = [...elementwiseCases, ...networkCases, ...layoutCases];

describe("shape inference agrees with ONNX Runtime", () => {
  it.each(cases.map(([op, emit]) => ({ op, emit })))("$op", async ({ emit }) => {
    await fc.assert(
      fc.asyncProperty(emit, async (one) => {
        const model = build(one);
        const results = await runModel(model);
        for (const { name, dtype, shape } of model.graph.outputs) {
          expect({ dtype: results[name]!.dtype, shape: results[name]!.shape }).toEqual({ dtype, shape });
        }
      }),
      { numRuns: 20 },
    );
  });
});
