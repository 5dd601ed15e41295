import { expect, test } from "vitest";

test("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "GIVEN_TOKEN",
    "activationBytes",
    "addResiduals",
    "addTokenEmbeds",
    "buildControlNet",
    "buildResidualSum",
    "buildTaesdDecoder",
    "buildTaesdEncoder",
    "buildTextEncoder",
    "buildUNet",
    "buildVaeDecoder",
    "buildVaeEncoder",
    "cutModel",
    "giveNorms",
    "measureNorms",
    "normGroups",
    "receptiveRadius",
    "residualNames",
    "residualScales",
    "residualShapes",
    "resizedValues",
  ]);
});
