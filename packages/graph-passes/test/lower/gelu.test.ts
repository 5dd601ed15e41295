import { string } from "@sunstep/onnx-graph";
import { describe, expect, it } from "vitest";
import { lowerGeluToContrib } from "../../src/lower/gelu-to-contrib.js";
import { lowerGeluToErf } from "../../src/lower/gelu-to-erf.js";
import { lowerToOpset17 } from "../../src/lower/to-opset-17.js";
import { build, expectEquivalent } from "../equivalence.js";

const model = (approximate: string) =>
  build((graph) =>
    graph.op("Gelu", [graph.input("x", "float32", [3, 50])], { approximate: string(approximate) }),
  );

describe.each(["none", "tanh"])("approximate: %s", (approximate) => {
  it.each([lowerGeluToContrib, lowerGeluToErf])("$name does not change the result", async (pass) => {
    // For x below -2 the gate is 1 + erf(x / sqrt 2), a difference of near equals.
    const after = await expectEquivalent(model(approximate), [pass, lowerToOpset17], {
      rtol: 1e-5,
      atol: 2e-7,
    });
    expect(after.graph.nodes.every((node) => node.op !== "Gelu" || node.domain !== "")).toBe(true);
  });
});
