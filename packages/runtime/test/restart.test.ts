import { type Tensor, tensor } from "@sunstep/tensor";
import { expect, it } from "vitest";
import { deviceTensors } from "../src/index.js";
import { probe, startWorkerRuntime, WorkerClient, type WorkerEngine } from "../src/worker.js";
import { inProcessWorker } from "./in-process-worker.js";

/** An engine whose models double `x`. */
const engine: WorkerEngine<Tensor> = {
  tensors: {
    from: (given) => given,
    read: async (native) => native,
    typeOf: ({ dtype, shape }) => ({ dtype, shape }),
    free: () => undefined,
  },
  open: (source) => ({ ...source, read: async () => new Uint8Array() }),
  start: async () => "1",
  prepare: async (model) => ({
    model,
    load: async () => ({
      inputs: [{ name: "x", dtype: "float32", shape: [1] }],
      outputs: [{ name: "y", dtype: "float32", shape: [1] }],
      run: async ({ x }) => ({ y: tensor(Float32Array.of(2 * Number(x!.data[0])), [1]) }),
      release: async () => undefined,
    }),
  }),
};

it("a session loads its model again after the worker has died", async () => {
  const workers: ReturnType<typeof inProcessWorker>[] = [];
  const runtime = await startWorkerRuntime({
    engine: "test",
    device: "none",
    batching: "sequential",
    start() {
      const worker = inProcessWorker(engine);
      workers.push(worker);
      return WorkerClient.start(worker.port, {}, "test");
    },
    sizeOf: async () => undefined,
  });
  const session = await runtime.load(probe(), { label: "net" });
  const x = tensor(Float32Array.of(3), [1]);
  const { y } = deviceTensors(await session.run({ x }, { keepOnDevice: ["y"] }));
  const [underWay, queued, withLostTensor] = [session.run({ x }), session.run({ x }), session.run({ x: y! })];
  const settled = Promise.allSettled([underWay, queued, withLostTensor]);
  await Promise.resolve();
  workers[0]!.kill();
  await settled;
  await expect(underWay).rejects.toMatchObject({
    code: "WORKER_DIED",
    message: expect.stringMatching(/the next run starts it again/),
  });
  expect((await queued).y!.data[0]).toBe(6);
  await expect(withLostTensor).rejects.toMatchObject({ code: "TENSOR_RELEASED" });
  await expect(session.run({ x: y! })).rejects.toMatchObject({ code: "TENSOR_RELEASED" });
  expect((await session.run({ x })).y!.data[0]).toBe(6);
  expect(workers).toHaveLength(2);
  await runtime.dispose();
  await expect(session.run({ x })).rejects.toMatchObject({ code: "SESSION_DISPOSED" });
  expect(workers).toHaveLength(2);
});
