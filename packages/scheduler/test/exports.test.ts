import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "createScheduler",
    "forwardProcess",
    "ignoredTrainingOptions",
    "listSchedulers",
    "methodConfig",
    "noiseLevels",
    "parseSchedulerConfig",
    "schedulerClasses",
    "schedulerConfigFrom",
    "schedulerErrors",
    "schedulerPreset",
    "schedulerPresets",
  ]);
});

it("exports the presets alone, without the schedulers, for user interfaces", async () => {
  expect(Object.keys(await import("../src/presets.js"))).toEqual(["schedulerPresets"]);
});
