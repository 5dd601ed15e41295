import { lowerForWasm, lowerForWebGpu, lowerForWebGpuInFloat16 } from "@sunstep/graph-passes";
import { expect, it } from "vitest";
import { loweringFor } from "../src/lowering.js";

it.each([
  ["webgpu", true, undefined, lowerForWebGpuInFloat16],
  ["webgpu", true, "float32", lowerForWebGpu],
  ["webgpu", false, undefined, lowerForWebGpu],
  ["wasm", false, "float32", lowerForWasm],
] as const)("computes on %s (shaders of float16: %s) in %s", (device, float16, precision, passes) => {
  expect(loweringFor({ device, float16 }, { invariantInputs: [], ...(precision && { precision }) })).toBe(
    passes,
  );
});
