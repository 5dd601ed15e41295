import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "blobSource",
    "blobTree",
    "checkFinite",
    "checkpointErrors",
    "identify",
    "memorySource",
    "openCheckpoint",
    "openComponent",
    "openSafetensors",
    "openShards",
    "parseClipTextConfig",
    "parseJsonObject",
    "parseSchedulerConfig",
    "parseTaesdConfig",
    "parseUNetConfig",
    "parseVaeConfig",
    "readJsonFile",
    "readLora",
    "readWeight",
    "writeSafetensors",
  ]);
  expect(Object.keys(await import("../src/node.js")).sort()).toEqual(["fileSource", "folderTree"]);
});
