import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "PhiloxGenerator",
    "TorchGenerator",
    "arrayClasses",
    "bytesPerElement",
    "dataTypes",
    "decodeBfloat16",
    "decodeFloat16",
    "elementCount",
    "encodeBfloat16",
    "encodeFloat16",
    "float8Values",
    "isDataType",
    "roundHalfToEven",
    "solveLinear",
    "tensor",
    "tensorErrors",
    "toFloat32",
    "zeros",
  ]);
});
