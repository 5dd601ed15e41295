import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "accelerationErrors",
    "accelerationWarnings",
    "checkSunAdapter",
    "distilledDefaults",
    "fewStepMethods",
    "isSunAcceleration",
    "licenseWarnings",
    "methodAcceleration",
    "modelAcceleration",
    "nag",
    "nasa",
    "negativeErrors",
    "negativeMethod",
    "negativeMethodNames",
    "negativeOfSettings",
    "negativeSettings",
    "negativeWarnings",
    "readDifference",
    "recogniseFile",
    "recogniseModel",
    "recognisedWarning",
    "settingsText",
    "sun",
    "unreadNegative",
    "vsf",
  ]);
});
