import { blobSource } from "@sunstep/files";
import { lowerForWasmWith } from "@sunstep/graph-passes";
import { checkModel, type Model, runPasses, writeOnnx } from "@sunstep/onnx-graph";
import { exactProducts, quantize } from "@sunstep/quantization";
import { openOnnx, type RunTensor, runOnnx } from "@sunstep/testing";
import { expect, it } from "vitest";
import { foldWeights } from "../src/fold-weights.js";

const { model, feeds, expected } = exactProducts();
const lowered = runPasses(model, lowerForWasmWith([quantize()])).model;

/** Folds with ONNX Runtime's native build; counts the parts. */
async function folded(given: Model) {
  const parts: Model[] = [];
  const result = await foldWeights(
    given,
    async (part) => {
      checkModel(part);
      parts.push(part);
      const session = await openOnnx(writeOnnx(part));
      return { inputs: [], outputs: [], ...session } as never;
    },
    (bytes) => blobSource(new Blob([...bytes]), "folded"),
  );
  return { result, parts };
}

/** Runs a model whose weights lie in Blobs. */
async function run(given: Model) {
  const externalData: Record<string, Uint8Array> = {};
  for (const { data } of given.graph.initializers.values())
    if (data.kind === "external") externalData.folded = await data.source.read(0, data.source.size);
  return runOnnx(writeOnnx(given), feeds as unknown as Record<string, RunTensor>, { externalData });
}

it("leaves integers in the place of weights and of the nodes that quantise them", async () => {
  const { result, parts } = await folded(lowered);
  checkModel(result);
  expect(parts).toHaveLength(1);
  const count = (op: string, { graph }: Model) => graph.nodes.filter((node) => node.op === op).length;
  expect(count("QuantizeLinear", lowered)).toBe(4);
  expect(count("QuantizeLinear", result)).toBe(0);
  expect([...result.graph.initializers.keys()]).not.toContain("weight");
  const int8 = [...result.graph.initializers.values()].filter(({ dtype }) => dtype === "int8");
  expect(int8.map(({ shape }) => shape.join("x")).sort()).toEqual(["1031x67", "288x51", "288x51", "32x51"]);
  for (const [name, numbers] of Object.entries(expected))
    expect((await run(result))[name]!.data).toEqual(numbers);
});

it("returns a model as it is, if nothing depends on weights alone", async () => {
  const { result } = await folded(lowered);
  const again = await folded(result);
  expect(again.parts).toEqual([]);
  expect(again.result).toBe(result);
});
