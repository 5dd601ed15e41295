import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileOfSize } from "@sunstep/files/node";
import { GraphBuilder, type Model } from "@sunstep/onnx-graph";
import { runtimeConformance } from "@sunstep/runtime/conformance";
import { afterAll, describe, expect, it } from "vitest";
import { createWasmRuntime } from "../src/node.js";

const folder = await mkdtemp(join(tmpdir(), "sunstep-wasm-"));
afterAll(() => rm(folder, { recursive: true }));

const suite = runtimeConformance("WebAssembly in Node", {
  createRuntime: () => createWasmRuntime({ threads: 2 }),
  async store(bytes, name) {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return fileOfSize(path, bytes.byteLength, name);
  },
});

describe(suite.name, () => {
  for (const { name, run } of suite.cases) it(name, run);
  afterAll(suite.close);
});

describe("createWasmRuntime", () => {
  it("refuses weights that WebAssembly cannot hold before it reads them", async () => {
    const runtime = await createWasmRuntime({ threads: 1 });
    await expect(runtime.load(await large(30_000), { label: "unet" })).rejects.toMatchObject({
      code: "OUT_OF_MEMORY",
      message: expect.stringMatching(
        /^unet: its weights take 3\.6 GB as float32, and WebAssembly holds 3\.2 GB: use dtype "int8"/,
      ),
    });
    await runtime.dispose();
  });

  it("gives its warnings at every load", async () => {
    const warnings = [{ code: "DEVICE_FALLBACK", message: "no binary" }];
    const runtime = await createWasmRuntime({ threads: 1, warnings });
    const events: unknown[] = [];
    for (let i = 0; i < 2; i++)
      await runtime.load(await large(1), { label: "net", onEvent: (event) => events.push(event) });
    const event = { type: "warning", label: "net", ...warnings[0] };
    expect(events).toEqual([event, event]);
    await runtime.dispose();
  });
});

/** y = x W for W [n, n], over a sparse file of zeros. */
async function large(n: number): Promise<Model> {
  const path = join(folder, `${n}.bin`);
  const length = 4 * n * n;
  await writeFile(path, "");
  await truncate(path, length);
  const graph = new GraphBuilder({ name: "large", opsets: { "": 23 } });
  const x = graph.input("x", "float32", [1, n]);
  const data = { kind: "external", source: fileOfSize(path, length), offset: 0, length } as const;
  graph.output(
    "y",
    graph.op("MatMul", [x, graph.initializer("w", { dtype: "float32", shape: [n, n], data })]),
  );
  return graph.build();
}
