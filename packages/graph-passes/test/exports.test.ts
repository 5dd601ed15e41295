import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "CONTRIB_DOMAIN",
    "depthFirstOrder",
    "downsampleAttention",
    "float16Nodes",
    "graphPassErrors",
    "lowerConvsForCpu",
    "lowerForCpu",
    "lowerForCpuWith",
    "lowerForWasm",
    "lowerForWasmWith",
    "lowerForWebGpu",
    "lowerForWebGpuInFloat16",
    "lowerNormsToLayerNorm",
    "lowerToElementary",
    "raise",
    "raiseAt",
    "readWeightsAtUse",
    "rewriteToContrib",
    "splitInvariant",
    "storedPeak",
    "trigonometricNodes",
  ]);
});
