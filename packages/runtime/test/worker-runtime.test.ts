import { setTimeout as wait } from "node:timers/promises";
import type { Model } from "@sunstep/onnx-graph";
import { describe, expect, it } from "vitest";
import { runtimeError } from "../src/index.js";
import {
  type Order,
  probe,
  type Reply,
  serveSessions,
  startWorkerRuntime,
  WorkerClient,
  type WorkerPort,
} from "../src/worker.js";

/** A worker in this thread whose engine can load, and no more; `kill` ends it. */
function worker() {
  const living = new Set<"host" | "worker">();
  let die: (cause: Error) => void = () => undefined;
  let toWorker: (order: Order) => void = () => undefined;
  let toHost: (reply: Reply) => void = () => undefined;
  const port: WorkerPort = {
    post: (order) => void setTimeout(() => toWorker(order)),
    listen(receive, ended) {
      living.add("host");
      toHost = receive;
      die = ended;
    },
    setBusy: () => undefined,
    terminate: async () => void living.clear(),
  };
  const unused = () => {
    throw new Error("not of this test");
  };
  serveSessions<never>(
    {
      tensors: { from: unused, read: unused, typeOf: unused, free: unused },
      open: (source) => ({ ...source, read: unused }),
      start: async () => "1",
      async prepare(model: Model, { label, emit, signal }) {
        emit({ type: "prepare", label, done: 0, total: 1 });
        await wait(20);
        signal.throwIfAborted();
        return {
          model,
          load: async () => ({ inputs: [], outputs: [], run: unused, release: async () => {} }),
        };
      },
    },
    {
      post: (reply) => void setTimeout(() => toHost(reply)),
      listen: (receive) => {
        toWorker = receive;
      },
    },
  );
  return { port, isRunning: () => living.size > 0, kill: () => die(new Error("killed by the test")) };
}

/** A runtime over such workers; `refuse` makes the next start fail. */
async function runtimeOverWorkers() {
  const workers: ReturnType<typeof worker>[] = [];
  const state = { refuse: false };
  const runtime = await startWorkerRuntime({
    engine: "test",
    device: "none",
    async start() {
      await wait(1);
      if (state.refuse) throw runtimeError("DEVICE_UNAVAILABLE", "refused by the test");
      const started = worker();
      workers.push(started);
      return WorkerClient.start(started.port, {}, "test");
    },
    open: (source) => ({ ...source, read: async () => new Uint8Array() }),
    sizeOf: async () => undefined,
  });
  return { runtime, workers, state };
}

describe("a runtime whose worker died", () => {
  it("starts one other, however many loads wait for it", async () => {
    const { runtime, workers } = await runtimeOverWorkers();
    workers[0]!.kill();
    await Promise.all([runtime.load(probe()), runtime.load(probe()), runtime.load(probe())]);
    expect(workers).toHaveLength(2);
    await runtime.dispose();
    expect(workers[1]!.isRunning()).toBe(false);
  });

  it("tries again after a start that failed, and can be disposed of without one", async () => {
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

it("a load fails with what its listener throws, and the next one works", async () => {
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
