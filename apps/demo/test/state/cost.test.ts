import { expect, it } from "vitest";
import { advantageText, costText } from "../../src/state/cost.js";

it("names the cost of an image, and only an advantage worth naming", () => {
  expect(costText({ evaluations: 4, milliseconds: 421 })).toBe("4 evaluations, 0.42 s");
  expect(costText({ evaluations: 1, milliseconds: 12_345 })).toBe("1 evaluation, 12.3 s");
  const first = { evaluations: 4, milliseconds: 400 };
  expect(advantageText(first, { evaluations: 50, milliseconds: 4400 })).toBe(
    "13 times fewer evaluations, 11 times faster",
  );
  expect(advantageText(first, { evaluations: 10, milliseconds: 1000 })).toBe(
    "2.5 times fewer evaluations, 2.5 times faster",
  );
  expect(costText({ evaluations: 4 })).toBe("4 evaluations");
  expect(advantageText({ evaluations: 4 }, { evaluations: 50, milliseconds: 4400 })).toBe(
    "13 times fewer evaluations",
  );
  expect(advantageText(first, { evaluations: 4, milliseconds: 1000 })).toBeUndefined();
  expect(advantageText(first, { evaluations: 50, milliseconds: 300 })).toBeUndefined();
});
