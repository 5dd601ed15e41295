import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "blobSource",
    "filesErrors",
    "memorySource",
    "placeOf",
  ]);
  expect(Object.keys(await import("../src/node.js")).sort()).toEqual([
    "expandHome",
    "expandPath",
    "fileOfSize",
    "fileSource",
    "flush",
    "flushFile",
    "moveIntoPlace",
    "requireSpace",
    "sunstepCacheFolder",
    "userCacheFolder",
    "writeWhole",
    "writing",
  ]);
});
