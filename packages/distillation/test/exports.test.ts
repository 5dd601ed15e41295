import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "Optimizer",
    "PARAMETERS",
    "Trainer",
    "adapterLayout",
    "adapterTensors",
    "defaultRecipe",
    "distill",
    "distillationErrors",
    "initialState",
    "layoutLength",
    "lossGraph",
    "openTrainingData",
    "optimizerStepGraph",
    "parseCaptions",
    "parsePromptList",
    "parseRecipe",
    "promptData",
    "stageSpan",
    "stateFrom",
    "targetGraph",
    "weightsFromInput",
  ]);
  expect(Object.keys(await import("../src/node.js")).sort()).toEqual(["runFolder"]);
});
