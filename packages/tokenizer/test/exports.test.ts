import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "addWords",
    "alignChunks",
    "applyTokenWeights",
    "clipTokenizerFiles",
    "composedPrompts",
    "createTokenizer",
    "emptyChunk",
    "encodeWeighted",
    "parsePrompt",
    "promptDirectives",
    "promptSchedule",
    "scheduledText",
    "tokenizerErrors",
    "wordFinder",
  ]);
});
