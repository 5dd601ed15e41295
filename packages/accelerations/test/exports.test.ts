import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "accelerationErrors",
    "checkSunAdapter",
    "distilledDefaults",
    "isSunAcceleration",
    "nag",
    "nasa",
    "negativeErrors",
    "negativeMethod",
    "negativeMethodNames",
    "negativeOfSettings",
    "negativeSettings",
    "negativeWarnings",
    "sun",
    "unreadNegative",
    "vsf",
  ]);
});
