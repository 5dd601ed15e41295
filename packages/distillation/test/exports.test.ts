import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "defaultRecipe",
    "distill",
    "distillationErrors",
    "openTrainingData",
    "parseCaptions",
    "parsePromptList",
    "parseRecipe",
    "promptData",
  ]);
  expect(Object.keys(await import("../src/training.js")).sort()).toEqual([
    "Optimizer",
    "Trainer",
    "adapterLayout",
    "adapterTensors",
    "initialState",
    "layoutLength",
    "lossGraph",
    "stageSpan",
    "stateFrom",
    "targetGraph",
    "weightsFromInput",
  ]);
  expect(Object.keys(await import("../src/node.js")).sort()).toEqual(["runFolder"]);
});
