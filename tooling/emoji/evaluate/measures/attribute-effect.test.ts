import { expect, it } from "vitest";
import { type AttributeMeasurement, attributeEffect } from "./attribute-effect.js";

const row = (kind: string, before: number, after: number, unrelatedChange: number): AttributeMeasurement => ({
  kind,
  without: before,
  with: after,
  unrelatedChange,
  ownChange: 100 * (before - after),
});

it("gives the share of the teacher's fall, by kind too, and of its change by unrelated negative prompts", () => {
  const teacher = [row("colour", 0.9, 0.1, 2), row("object", 0.8, 0.6, 4)];
  const method = [row("colour", 0.9, 0.5, 1), row("object", 0.8, 0.7, 2)];
  const { share, byKind, changeByKind, unrelated } = attributeEffect(teacher, method);
  expect(share.value).toBeCloseTo(0.5, 12);
  expect(byKind.colour!.value).toBeCloseTo(0.5, 12);
  expect(byKind.object!.value).toBeCloseTo(0.5, 12);
  expect(unrelated.value).toBeCloseTo(0.5, 12);
  expect(changeByKind.colour!.value).toBeCloseTo(0.5, 12);
});

it("has no spread where a method is the teacher", () => {
  const rows = Array.from({ length: 20 }, (_, i) => row(i % 2 ? "colour" : "object", 1, i / 40, 1 + i));
  const { share, unrelated } = attributeEffect(rows, rows);
  expect(share.ci[1] - share.ci[0]).toBeCloseTo(0, 12);
  expect(unrelated.value).toBeCloseTo(1, 12);
});
