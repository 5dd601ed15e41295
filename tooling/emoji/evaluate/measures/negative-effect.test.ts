import { expect, it } from "vitest";
import { type NegativeMeasurement, negativeEffect } from "./negative-effect.js";

/** Makes pairs whose attribute falls by `fall` and whose images change by `change`. */
const pairs = (fall: number, change: number): NegativeMeasurement[] =>
  Array.from({ length: 30 }, (_, i) => ({
    kind: i % 3 === 0 ? "style" : "colour",
    without: 0.5 + (i % 7) / 50,
    with: 0.5 + (i % 7) / 50 - fall * (i % 3 === 0 ? 2 : 1),
    ...(i % 3 !== 0 && { unrelatedChange: change * (1 + (i % 5)) }),
  }));

it("divides the falls, and the changes by unrelated negative prompts", () => {
  const { ratio, colourRatio, styleRatio, unrelated, teacher } = negativeEffect(pairs(0.4, 2), pairs(0.3, 1));
  expect(teacher.value).toBeCloseTo((0.4 * 2 + 0.8) / 3, 10);
  for (const { value, ci } of [ratio, colourRatio, styleRatio]) {
    expect(value).toBeCloseTo(0.75, 10);
    expect(ci[1] - ci[0]).toBeCloseTo(0, 6);
  }
  expect(unrelated.value).toBeCloseTo(0.5, 10);
});

it("returns a negative ratio if the negative prompt adds its own attribute", () => {
  expect(negativeEffect(pairs(0.4, 1), pairs(-0.1, 1)).ratio.value).toBeCloseTo(-0.25, 10);
});
