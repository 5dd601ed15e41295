import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileOfSize } from "@sunstep/files/node";
import { runtimeConformance } from "@sunstep/runtime/conformance";
import { afterAll, describe, it } from "vitest";
import { createNodeRuntime } from "../src/index.js";

const folder = await mkdtemp(join(tmpdir(), "sunstep-conformance-"));
// Once as models are, and once with every one of them prepared, however small.
const caches = { plain: false, prepared: { folder: join(folder, "cache"), minWeightBytes: 0 } } as const;

for (const [name, cache] of Object.entries(caches)) {
  const suite = runtimeConformance(`runtime-node, cpu, ${name}`, {
    createRuntime: () => createNodeRuntime({ device: "cpu", cache }),
    async store(bytes, file) {
      const path = join(folder, file);
      await writeFile(path, bytes);
      return fileOfSize(path, bytes.byteLength, file);
    },
  });
  describe(suite.name, () => {
    for (const { name, run } of suite.cases) it(name, run);
    afterAll(suite.close);
  });
}

afterAll(() => rm(folder, { recursive: true }));
