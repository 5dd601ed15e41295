import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "defaultHubEndpoint",
    "findModel",
    "hubFileUrl",
    "hubPageUrl",
    "isHubRepository",
    "isRevision",
    "isSafeRelativePath",
    "listModels",
    "parseModelReference",
    "registryErrors",
    "selectFiles",
  ]);
  expect(Object.keys(await import("../src/node.js")).sort()).toEqual([
    "hubCacheFolder",
    "listCached",
    "removeModel",
    "resolveModel",
    "sunstepCacheFolder",
  ]);
});

it("exports exactly these names for browsers", async () => {
  expect(Object.keys(await import("../src/web.js")).sort()).toEqual([
    "clearDownloads",
    "droppedFiles",
    "resolveWebModel",
  ]);
});
