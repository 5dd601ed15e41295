import { expect, test } from "vitest";

test("the public names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "Pipeline",
    "checkSunAdapter",
    "fitPreviewFactors",
    "guide",
    "linearPreview",
    "noiseSource",
    "pipelineErrors",
    "rescaleGuided",
  ]);
});
