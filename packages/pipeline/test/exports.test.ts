import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "Pipeline",
    "architectureRule",
    "classifierFreeGuidance",
    "fitPreviewFactors",
    "guide",
    "identityOf",
    "linearPreview",
    "loraAdapter",
    "noGuidance",
    "noiseSource",
    "openTextEncoders",
    "pipelineErrors",
    "pipelineWarnings",
    "plainSize",
    "rescaleGuided",
    "sizeConditionings",
    "stableDiffusion",
    "stableDiffusionXl",
    "stackConditionings",
  ]);
});
