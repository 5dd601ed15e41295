import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toMatchInlineSnapshot(`
    [
      "GraphBuilder",
      "NodeEmitter",
      "bindInputs",
      "boolData",
      "byteLength",
      "checkModel",
      "codeOfDataType",
      "elementCount",
      "embedModel",
      "emitterFor",
      "float",
      "float32Data",
      "floats",
      "indexGraph",
      "inlineNumbers",
      "int",
      "int64Data",
      "ints",
      "intsAttribute",
      "numberAttribute",
      "onnxErrors",
      "readOnnx",
      "removeDeadCode",
      "removeIdentities",
      "rewrite",
      "runPasses",
      "sortTopologically",
      "staticShape",
      "string",
      "stringAttribute",
      "tensorAttribute",
      "valuesRead",
      "writeOnnx",
    ]
  `);
});
