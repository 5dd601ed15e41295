import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { runtimeError } from "../src/index.js";
import { probe, startWorkerRuntime, WorkerClient, type WorkerEngine } from "../src/worker.js";
import { inProcessWorker } from "./in-process-worker.js";

const unused = () => {
  throw new Error("not of this test");
};

/** An engine that can load and nothing else. */
const engine: WorkerEngine<never> = {
  tensors: { from: unused, read: unused, typeOf: unused, free: unused },
  open: (source) => ({ ...source, read: unused }),
  start: async () => "1",
  async prepare(model, { label, emit, signal }) {
    emit({ type: "prepare", label, done: 0, total: 1 });
    await wait(20);
    signal.throwIfAborted();
    return { model, load: async () => ({ inputs: [], outputs: [], run: unused, release: async () => {} }) };
  },
};

/** A runtime over workers in this thread; `refuse` makes the next start fail. */
async function runtimeOverWorkers() {
  const workers: ReturnType<typeof inProcessWorker>[] = [];
  const state = { refuse: false };
  const runtime = await startWorkerRuntime({
    engine: "test",
    device: "none",
    batching: "sequential",
    async start() {
      await wait(1);
      if (state.refuse) throw runtimeError("DEVICE_UNAVAILABLE", "refused by the test");
      const started = inProcessWorker(engine);
      workers.push(started);
      return WorkerClient.start(started.port, {}, "test");
    },
    sizeOf: async () => undefined,
  });
  return { runtime, workers, state };
}

describe("startWorkerRuntime", () => {
  it("reports a worker that cannot start as a device that is unavailable", async () => {
    const start = async () => {
      const { port, kill } = inProcessWorker(engine);
      setTimeout(kill);
      return WorkerClient.start(port, {}, "test");
    };
    const backend = {
      engine: "test",
      device: "none",
      batching: "sequential",
      sizeOf: async () => undefined,
    } as const;
    await expect(startWorkerRuntime({ ...backend, start })).rejects.toMatchObject({
      code: "DEVICE_UNAVAILABLE",
      message: expect.stringMatching(/cannot start: killed by the test/),
    });
  });

  it("starts one other worker for all loads after one has died", async () => {
    const { runtime, workers } = await runtimeOverWorkers();
    workers[0]!.kill();
    await Promise.all([runtime.load(probe()), runtime.load(probe()), runtime.load(probe())]);
    expect(workers).toHaveLength(2);
    await runtime.dispose();
    expect(workers[1]!.isRunning()).toBe(false);
  });

  it("tries again after a failed restart, and can be disposed of without a worker", async () => {
    const { runtime, workers, state } = await runtimeOverWorkers();
    workers[0]!.kill();
    state.refuse = true;
    await expect(runtime.load(probe())).rejects.toMatchObject({ code: "DEVICE_UNAVAILABLE" });
    state.refuse = false;
    await runtime.load(probe());
    workers[1]!.kill();
    state.refuse = true;
    await expect(runtime.load(probe())).rejects.toMatchObject({ code: "DEVICE_UNAVAILABLE" });
    await runtime.dispose();
    await expect(runtime.load(probe())).rejects.toMatchObject({ code: "SESSION_DISPOSED" });
  });
});

it("rejects a load with the error that its listener throws, and goes on", async () => {
  const { runtime } = await runtimeOverWorkers();
  const mine = new Error("mine");
  const load = runtime.load(probe(), {
    onEvent() {
      throw mine;
    },
  });
  await expect(load).rejects.toBe(mine);
  await runtime.load(probe());
  await runtime.dispose();
});
