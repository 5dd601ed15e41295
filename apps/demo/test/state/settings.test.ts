import { emojiDefaults } from "@sunstep/emoji-model";
import { listSchedulers } from "@sunstep/scheduler";
import { expect, it } from "vitest";
import { schedulers } from "../../src/state/schedulers.js";
import { clampTo, initialSettings, rollSeed, settingsForModel } from "../../src/state/settings.js";

it("clamps to the numbers that a control accepts", () => {
  const range = { min: 0.05, max: 1, step: 0.05 };
  expect([0.149, 0.151, -3, 7].map((value) => clampTo(range, value))).toEqual([0.15, 0.15, 0.05, 1]);
  expect(clampTo({ min: 64, max: 1024, step: 8 }, 131)).toBe(128);
});

it("begins with the embedded model's defaults", () => {
  expect(initialSettings).toMatchObject(emojiDefaults);
});

it("rolls integer seeds below 2 ** 32", () => {
  expect(rollSeed(() => 0)).toBe(0);
  expect(rollSeed(() => 1 - 2 ** -53)).toBe(2 ** 32 - 1);
});

it("takes size and guidance from another model, and keeps prompt and seed", () => {
  const settings = { ...initialSettings, prompt: "a dog", seed: 7 };
  const defaults = { width: 512, height: 512, guidanceScale: 7.5 };
  expect(settingsForModel(settings, defaults, false)).toEqual({
    ...settings,
    ...defaults,
    accelerated: false,
  });
});

it("labels every scheduler preset", () => {
  expect(Object.keys(schedulers).sort()).toEqual(
    listSchedulers()
      .filter((name) => !name.endsWith("Scheduler"))
      .sort(),
  );
});
