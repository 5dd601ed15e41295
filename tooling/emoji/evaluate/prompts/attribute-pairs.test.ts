import { kindOf } from "@sunstep/emoji-data";
import { expect, it } from "vitest";
import { attributePairs } from "./attribute-pairs.js";

it("asks for each attribute equally often, by other words than the caption", () => {
  const pairs = attributePairs(300, 300_000);
  for (const kind of ["colour", "object"])
    expect(pairs.filter(({ attribute }) => attribute.kind === kind)).toHaveLength(150);
  for (const { caption, negative, unrelated, attribute } of pairs) {
    expect(caption.replace(/^an? /, "")).not.toBe(negative);
    if (attribute.kind === "object") expect(kindOf(unrelated)).not.toBe(attribute.object);
    else expect(caption.split(" ")).not.toContain(negative);
  }
  expect(new Set(pairs.map(({ seed }) => seed)).size).toBe(300);
});

it("draws other pairs from other seeds, and a shorter list is the beginning of a longer one", () => {
  expect(attributePairs(20, 5)).toEqual(attributePairs(30, 5).slice(0, 20));
  expect(attributePairs(20, 5)).not.toEqual(attributePairs(20, 6));
});
