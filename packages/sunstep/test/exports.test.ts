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
  const [node, browser] = await Promise.all([import("../src/index.js"), import("../src/browser.js")]);
  expect(Object.keys(browser).sort()).toEqual(Object.keys(node).sort());
});
