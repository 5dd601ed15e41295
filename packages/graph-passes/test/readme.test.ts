import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";

it("runs the README's example", async () => {
  const example = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)));
  const { operators, raisedOperators } = example as Record<"operators" | "raisedOperators", string[]>;
  expect(operators.filter((op) => op !== "Reshape" && op !== "Identity")).toEqual([
    "Expand",
    "LayerNormalization",
    "Mul",
    "Add",
    "QuickGelu",
  ]);
  expect(raisedOperators.filter((op) => op !== "Identity")).toEqual(["GroupNormalization", "Sigmoid", "Mul"]);
});
