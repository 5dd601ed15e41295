import { expect, it } from "vitest";
import { draftOf, isWashedOut } from "../../src/state/draft.js";
import { initialSettings } from "../../src/state/settings.js";

it("drafts in fewer steps than the image takes, or not at all", () => {
  expect(draftOf(initialSettings)).toEqual({ ...initialSettings, acceleratedSteps: 2 });
  expect(draftOf({ ...initialSettings, acceleratedSteps: 2 })).toBeUndefined();
  const guided = { ...initialSettings, accelerated: false };
  expect(draftOf(guided)).toEqual({ ...guided, guidedSteps: 6 });
  expect(draftOf({ ...guided, guidedSteps: 6 })).toBeUndefined();
});

it("drafts an enlarged image without its second run", () => {
  const enlarged = { ...initialSettings, acceleratedSteps: 1, hires: true };
  expect(draftOf(enlarged)).toEqual({ ...enlarged, hires: false });
});

it("counts the first two of four trailing timesteps as washed out", () => {
  expect([999, 749, 499, 249].map(isWashedOut)).toEqual([true, true, false, false]);
});
