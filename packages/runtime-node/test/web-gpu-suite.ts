// Run by web-gpu.test.ts: the conformance suite on WebGPU. Prints what fails, then how many cases there were.
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
for (const { name, run } of suite.cases)
  await run().catch((error: unknown) => console.log(`${name}: ${String(error)}`));
await suite.close();
await rm(folder, { recursive: true });
console.log(`${suite.cases.length} cases`);
