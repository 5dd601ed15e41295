import { expect, test } from "vitest";

test("the public names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "buildTaesdDecoder",
    "buildTaesdEncoder",
    "buildTextEncoder",
    "buildUNet",
    "buildVaeDecoder",
    "buildVaeEncoder",
  ]);
});
