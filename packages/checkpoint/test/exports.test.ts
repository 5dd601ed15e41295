import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "adaptableWeights",
    "blobSource",
    "blobTree",
    "checkDiffusersConfigs",
    "checkFinite",
    "checkSupportedFile",
    "checkpointErrors",
    "checkpointWarnings",
    "describeJson",
    "diffusersLayout",
    "identify",
    "identityName",
    "isJsonObject",
    "isPickle",
    "memorySource",
    "openCheckpoint",
    "openComponent",
    "openSafetensors",
    "openShards",
    "originalUNetNames",
    "parseClipTextConfig",
    "parseJson",
    "parseJsonObject",
    "parseTaesdConfig",
    "parseUNetConfig",
    "parseVaeConfig",
    "parseWeightFileName",
    "readJsonFile",
    "readWeight",
    "writeSafetensors",
  ]);
  expect(Object.keys(await import("../src/node.js")).sort()).toEqual(["fileSource", "folderTree"]);
});
