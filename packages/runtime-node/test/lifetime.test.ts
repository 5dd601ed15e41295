import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runtimeError } from "@sunstep/runtime";
import { WorkerClient } from "@sunstep/runtime/worker";
import { tensor } from "@sunstep/tensor";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { createNodeRuntime } from "../src/index.js";

import { residualFeeds, residualNet, weightFileBytes } from "./models.js";
import { runFile } from "./run-file.js";

const folder = await mkdtemp(join(tmpdir(), "sunstep-lifetime-"));
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

/** Runs the code with `createNodeRuntime` in a process of its own. */
async function runScript(code: string): ReturnType<typeof runFile> {
  const file = pathToFileURL(join(folder, "script.mts"));
  const source = JSON.stringify(new URL("../src/index.ts", import.meta.url).href);
  await writeFile(file, `import { createNodeRuntime } from ${source};\n${code}`);
  return runFile(file);
}

describe("the runtime's thread", () => {
  it("does not keep the process alive", async () => {
    const { code, output } = await runScript(
      `const runtime = await createNodeRuntime(); console.log("started on", runtime.device);`,
    );
    expect({ code, output }).toEqual({ code: 0, output: "started on cpu\n" });
  });

  it("is reported when it dies, and restarted for the next run", async () => {
    const start = vi.spyOn(WorkerClient, "start");
    const runtime = await createNodeRuntime({ cache: false });
    const model = await residualNet(join(folder, "weights.bin"), 2);
    const session = await runtime.load(model);
    const { client } = await (start.mock.results[0]!.value as ReturnType<typeof WorkerClient.start>);
    const kept = await runtime.keep(residualFeeds(1).x!);
    const run = session.run(residualFeeds(1));
    await Promise.resolve();
    const death = client.terminate(runtimeError("WORKER_DIED", "killed by the test"));
    await expect(run).rejects.toMatchObject({ code: "WORKER_DIED" });
    await death;
    expect((await session.run(residualFeeds(1))).y!.shape).toEqual([1, 32, 8, 8]);
    const again = await runtime.load(model);
    expect((await again.run(residualFeeds(1))).y!.shape).toEqual([1, 32, 8, 8]);
    await expect(kept.read()).rejects.toMatchObject({ code: "WORKER_DIED" });
    await expect(again.run({ ...residualFeeds(1), x: kept })).rejects.toMatchObject({
      code: "TENSOR_RELEASED",
    });
    await kept.release();
    await runtime.dispose();
  });

  it("frees the memory of disposed sessions", async () => {
    const runtime = await createNodeRuntime({ cache: false });
    const layers = 200;
    const model = await residualNet(join(folder, "large.bin"), layers);
    const cycle = async () => {
      const session = await runtime.load(model);
      await session.run(residualFeeds(1));
      await session.dispose();
    };
    for (let i = 0; i < 3; i++) await cycle();
    // Ten leaked copies of the weights would be twice that.
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 10; i++) await cycle();
    expect(process.memoryUsage().rss - before).toBeLessThan(5 * weightFileBytes(layers));
    await runtime.dispose();
  });
});

describe("device tensors", () => {
  const mebibyte = 2 ** 20;
  const tensorOf4 = tensor(new Float32Array(mebibyte), [mebibyte]);

  it("free their memory when they are released", async () => {
    const runtime = await createNodeRuntime({ cache: false });
    const cycle = async (times: number) => {
      for (let i = 0; i < times; i++) await (await runtime.keep(tensorOf4)).release();
    };
    await cycle(20);
    const before = process.memoryUsage().rss;
    await cycle(100);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * mebibyte);
    await runtime.dispose();
  });

  it("free their memory when they are garbage collected", async () => {
    const { code, output } = await runScript(`
      import { setTimeout } from "node:timers/promises";
      import { setFlagsFromString } from "node:v8";
      import { runInNewContext } from "node:vm";
      setFlagsFromString("--expose-gc");
      const collect = runInNewContext("gc");
      const runtime = await createNodeRuntime({ cache: false });
      const data = new Float32Array(${mebibyte});
      for (let i = 0; i < 200; i++) {
        await runtime.keep({ dtype: "float32", shape: [data.length], data });
        if (i % 10 === 9) collect();
        await setTimeout(1);
      }
      console.log(process.memoryUsage().rss < ${500 * mebibyte} ? "freed" : process.memoryUsage());
      await runtime.dispose();`);
    expect({ code, output }).toEqual({ code: 0, output: "freed\n" });
  });
});

describe("createNodeRuntime", () => {
  it("rejects an unknown device by name", async () => {
    const unknown = createNodeRuntime({ device: "abacus" as "cpu" });
    await expect(unknown).rejects.toMatchObject({
      code: "DEVICE_UNAVAILABLE",
      details: { device: "abacus" },
    });
  });

  it.skipIf(process.platform === "win32")(
    "rejects a device that the build lacks, and names those it has",
    async () => {
      await expect(createNodeRuntime({ device: "dml" })).rejects.toThrow(/dml.*onnxruntime-node has cpu/);
    },
  );
});
