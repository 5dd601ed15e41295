import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileOfSize } from "@sunstep/files/node";
import { float32Data, GraphBuilder } from "@sunstep/onnx-graph";
import { tensor } from "@sunstep/tensor";
import { afterAll, expect, it } from "vitest";
import { limitPacking } from "../src/limit-packing.js";
import { loadNative } from "../src/native-session.js";

const folder = await mkdtemp(join(tmpdir(), "sunstep-packing-"));
afterAll(() => rm(folder, { recursive: true }));

/** Two 8-bit products of one weight each, in a file: results of 2^19 and of 2^12 elements. */
async function products() {
  const path = join(folder, "weights.bin");
  const weights = Uint8Array.from({ length: 2 * 32 * 128 }, (_, i) => i * 37);
  await writeFile(path, weights);
  const source = fileOfSize(path, weights.length);
  const graph = new GraphBuilder({ name: "products", opsets: { "": 17, "com.microsoft": 1 } });
  const scale = graph.initializer("scale", float32Data(new Float32Array(128).fill(0.01), [128]));
  for (const [i, rows] of [4096, 32].entries()) {
    const x = graph.input(`x${i}`, "float32", [rows, 32]);
    const weight = graph.initializer(`w${i}`, {
      dtype: "int8",
      shape: [32, 128],
      data: { kind: "external", source, offset: i * 4096, length: 4096 },
    });
    const operator = { domain: "com.microsoft" };
    graph.output(`y${i}`, graph.op("DynamicQuantizeMatMul", [x, weight, scale], {}, operator));
  }
  return graph.build();
}

it("keeps the weights of large 8-bit products alone constant, and the results as they are", async () => {
  const model = await products();
  const { inputs } = limitPacking.run(model).model.graph;
  expect(inputs.map(({ name }) => name)).toEqual(["x0", "x1", "w1"]);

  const feeds = Object.fromEntries(
    model.graph.inputs.map(({ name, shape }) => {
      const [rows, columns] = shape as number[];
      const numbers = Float32Array.from({ length: rows! * columns! }, (_, i) => Math.sin(i));
      return [name, tensor(numbers, [rows!, columns!])];
    }),
  );
  const options = { graphOptimizationLevel: "disabled" } as const;
  const [whole, limited] = [
    await loadNative(model, options),
    await loadNative(model, options, [limitPacking]),
  ];
  expect(limited.inputs).toEqual(whole.inputs);
  expect(await limited.run(feeds)).toEqual(await whole.run(feeds));
  await whole.release();
  await limited.release();
});
