import { expect, it } from "vitest";
import { noComparison, planVariants } from "../../src/state/comparison.js";
import { initialSettings } from "../../src/state/settings.js";

const settings = { ...initialSettings, negativePrompt: "leaf" };
const sun = { method: "SUN", fullName: "SpeedUpNet", adapter: "sun" };
const summary = (...args: Parameters<typeof planVariants>) =>
  planVariants(...args).map((variant) => [
    variant.title,
    variant.settings.accelerated,
    variant.settings.negativePrompt,
  ]);

it("plans one image without a title unless something is compared", () => {
  expect(summary(settings, noComparison, sun)).toEqual([["", true, "leaf"]]);
  expect(summary(settings, noComparison, undefined)).toEqual([["", false, "leaf"]]);
});

it("compares samplers, negative prompts or both, the quickest first", () => {
  expect(summary(settings, { guided: true, negative: false }, sun)).toEqual([
    ["SUN", true, "leaf"],
    ["Guided", false, "leaf"],
  ]);
  expect(summary(settings, { guided: false, negative: true }, sun)).toEqual([
    ["Without negative prompt", true, ""],
    ["With negative prompt", true, "leaf"],
  ]);
  expect(summary(settings, { guided: true, negative: true }, sun)).toEqual([
    ["SUN, without negative prompt", true, ""],
    ["SUN, with negative prompt", true, "leaf"],
    ["Guided, without negative prompt", false, ""],
    ["Guided, with negative prompt", false, "leaf"],
  ]);
});

it("does not compare with a missing adapter or an empty negative prompt", () => {
  const both = { guided: true, negative: true };
  expect(summary({ ...settings, negativePrompt: "" }, both, undefined)).toEqual([["", false, ""]]);
});
