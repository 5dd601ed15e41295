import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "float16Nodes",
    "graphPassErrors",
    "lowerConvsForCpu",
    "lowerForCpu",
    "lowerForWasm",
    "lowerForWebGpu",
    "lowerForWebGpuInFloat16",
    "lowerNormsToLayerNorm",
    "lowerToElementary",
    "raise",
    "splitInvariant",
    "trigonometricNodes",
  ]);
});
