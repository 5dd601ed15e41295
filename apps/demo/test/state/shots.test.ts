import { expect, it } from "vitest";
import { initialSettings } from "../../src/state/settings.js";
import { advantageText, costText, noComparison, planShots } from "../../src/state/shots.js";

const settings = { ...initialSettings, negativePrompt: "leaf" };
const summary = (...args: Parameters<typeof planShots>) =>
  planShots(...args).map((shot) => [shot.title, shot.settings.sun, shot.settings.negativePrompt]);

it("is one picture without a title, unless something is compared", () => {
  expect(summary(settings, noComparison, true)).toEqual([["", true, "leaf"]]);
  expect(summary(settings, noComparison, false)).toEqual([["", false, "leaf"]]);
});

it("compares samplers, negative prompts, or both, the quickest first", () => {
  expect(summary(settings, { guided: true, negative: false }, true)).toEqual([
    ["SUN", true, "leaf"],
    ["Guided", false, "leaf"],
  ]);
  expect(summary(settings, { guided: false, negative: true }, true)).toEqual([
    ["Without negative prompt", true, ""],
    ["With negative prompt", true, "leaf"],
  ]);
  expect(summary(settings, { guided: true, negative: true }, true)).toEqual([
    ["SUN, without negative prompt", true, ""],
    ["SUN, with negative prompt", true, "leaf"],
    ["Guided, without negative prompt", false, ""],
    ["Guided, with negative prompt", false, "leaf"],
  ]);
});

it("compares nothing that is not there", () => {
  const both = { guided: true, negative: true };
  expect(summary({ ...settings, negativePrompt: "" }, both, false)).toEqual([["", false, ""]]);
});

it("tells what pictures took, and only what is an advantage", () => {
  expect(costText({ evaluations: 4, milliseconds: 421 })).toBe("4 evaluations, 0.42 s");
  expect(costText({ evaluations: 1, milliseconds: 12_345 })).toBe("1 evaluation, 12.3 s");
  const first = { evaluations: 4, milliseconds: 400 };
  expect(advantageText(first, { evaluations: 50, milliseconds: 4400 })).toBe(
    "13 times fewer evaluations, 11 times faster",
  );
  expect(advantageText(first, { evaluations: 10, milliseconds: 1000 })).toBe(
    "2.5 times fewer evaluations, 2.5 times faster",
  );
  expect(advantageText(first, { evaluations: 4, milliseconds: 1000 })).toBeUndefined();
  expect(advantageText(first, { evaluations: 50, milliseconds: 300 })).toBeUndefined();
});
