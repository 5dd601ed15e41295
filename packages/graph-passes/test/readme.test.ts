import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";

it("runs the README's example", async () => {
  const example = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)));
  const { operators, raisedOperators, misses } = example as Record<string, string[]>;
  expect(operators!.filter((op) => op !== "Reshape" && op !== "Identity")).toEqual([
    "InstanceNormalization",
    "Mul",
    "Add",
    "QuickGelu",
  ]);
  expect(raisedOperators!.filter((op) => op !== "Identity")).toEqual([
    "GroupNormalization",
    "Sigmoid",
    "Mul",
  ]);
  expect(misses).toContain(
    "Reshape of a Reshape at GroupNormalization/Reshape: Reshape (GroupNormalization/Reshape): " +
      "x is an input or a constant, not made by Flatten,Reshape,Squeeze,Unsqueeze",
  );
});
