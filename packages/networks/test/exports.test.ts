import { expect, test } from "vitest";

test("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "addResiduals",
    "buildControlNet",
    "buildResidualSum",
    "buildTaesdDecoder",
    "buildTaesdEncoder",
    "buildTextEncoder",
    "buildUNet",
    "buildVaeDecoder",
    "buildVaeEncoder",
    "residualNames",
    "residualScales",
    "residualShapes",
  ]);
});
