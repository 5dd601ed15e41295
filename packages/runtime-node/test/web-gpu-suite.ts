// Run by web-gpu.test.ts: the conformance suite on WebGPU. ONNX Runtime may print errors of the device; the last line is
// the result.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileOfSize } from "@sunstep/files/node";
import { runtimeConformance } from "@sunstep/runtime/conformance";
import { createNodeRuntime } from "../src/index.js";

const folder = await mkdtemp(join(tmpdir(), "sunstep-web-gpu-"));
const suite = runtimeConformance("runtime-node, webgpu", {
  createRuntime: () => createNodeRuntime({ device: "webgpu", cache: false }),
  async store(bytes, file) {
    const path = join(folder, file);
    await writeFile(path, bytes);
    return fileOfSize(path, bytes.byteLength, file);
  },
});
const failures: string[] = [];
for (const { name, run } of suite.cases)
  await run().catch((error: unknown) => failures.push(`${name}: ${String(error)}`));
await suite.close();
await rm(folder, { recursive: true });
console.log(JSON.stringify({ cases: suite.cases.length, failures }));
