import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "PARAMETERS",
    "STATE",
    "Trainer",
    "adapterLayout",
    "adapterTensors",
    "defaultRecipe",
    "distill",
    "distillationErrors",
    "initialState",
    "layoutLength",
    "lossGraph",
    "nextName",
    "openTrainingData",
    "optimizerStepGraph",
    "parseCaptions",
    "parsePromptList",
    "parseRecipe",
    "promptData",
    "stageSpan",
    "targetGraph",
    "trainStepGraph",
    "weightsFromInput",
  ]);
  expect(Object.keys(await import("../src/node.js")).sort()).toEqual(["runFolder", "writeWhole"]);
});
