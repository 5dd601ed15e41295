import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "StableDiffusion",
    "SunstepError",
    "decodeImage",
    "detectDevices",
    "listModels",
    "listSchedulers",
    "loadImage",
    "openTokenizer",
    "readParameters",
    "sunstepErrors",
    "version",
  ]);
});

it("exports the same names to browsers", async () => {
  expect(Object.keys(await import("../src/browser.js"))).toEqual(
    Object.keys(await import("../src/index.js")),
  );
});
