import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "checkImage",
    "checkMaskSize",
    "contactSheet",
    "decodeImage",
    "decodeImageInSlices",
    "encodePng",
    "formatParameters",
    "generatorProgram",
    "imageErrors",
    "imageToTensor",
    "maskToLatents",
    "maskToTensor",
    "parseParameters",
    "readImageText",
    "readPngText",
    "resize",
    "resizeMask",
    "tensorToImages",
    "toGrey",
    "toRgb",
  ]);
});
