import fc from "fast-check";
import { expect, it } from "vitest";
import { schedulers } from "../../src/state/schedulers.js";
import { clampTo, initialSettings, ranges, type Settings } from "../../src/state/settings.js";
import { settingsFromLink, settingsToLink } from "../../src/state/settings-link.js";

const names = Object.keys(schedulers);
const inRange = (key: keyof typeof ranges) =>
  fc.double({ min: -10, max: 1e6, noNaN: true }).map((value) => clampTo(ranges[key], value));

const anySettings: fc.Arbitrary<Settings> = fc.record({
  prompt: fc.string({ unit: "grapheme", maxLength: 200 }),
  negativePrompt: fc.string({ unit: "grapheme", maxLength: 200 }),
  negativeMethod: fc.constantFrom("", "nag", "vsf:scale=2,offset=-0.1"),
  method: fc.constantFrom("", "none", "hyper-sd"),
  seed: fc.integer({ min: 0, max: 2 ** 32 }),
  width: inRange("width"),
  height: inRange("height"),
  accelerated: fc.boolean(),
  acceleratedSteps: inRange("acceleratedSteps"),
  guidedSteps: inRange("guidedSteps"),
  accelerationScale: inRange("accelerationScale"),
  guidanceScale: inRange("guidanceScale"),
  scheduler: fc.constantFrom("", ...names),
  strength: inRange("strength"),
  clipSkip: inRange("clipSkip"),
  randomSource: fc.constantFrom("cpu" as const, "cuda" as const),
  hires: fc.boolean(),
  hiresScale: inRange("hiresScale"),
  hiresStrength: inRange("hiresStrength"),
  hiresSteps: inRange("hiresSteps"),
  hiresUpscaler: fc.constantFrom("latent" as const, "lanczos" as const),
});

it("restores every setting from a link", () => {
  fc.assert(
    fc.property(anySettings, (settings) => {
      const restored = { ...initialSettings, ...settingsFromLink(`#${settingsToLink(settings)}`, names) };
      expect(restored).toEqual(settings);
    }),
  );
});

it("leaves out settings with their initial value", () => {
  expect(settingsToLink(initialSettings)).toBe("prompt=a+red+apple&seed=42");
});

it("clamps values of untrusted links, and drops invalid ones", () => {
  expect(
    settingsFromLink(
      "#prompt=x&width=99999&steps=2.4&seed=-5&height=tall&scheduler=magic&unknown=1&hiresupscaler=esrgan",
      names,
    ),
  ).toEqual({ prompt: "x", width: 1024, acceleratedSteps: 2, seed: 0 });
  expect(settingsFromLink("#", names)).toBeUndefined();
  expect(settingsFromLink("#about", names)).toBeUndefined();
});
