import type { Request, Response, WorkerEngine, WorkerPort } from "../src/worker.js";
import { serveSessions, startWorkerRuntime, WorkerClient } from "../src/worker.js";

/** A worker in this thread: `kill` ends it, `requests` and `responses` record its messages. */
export function inProcessWorker<T>(engine: WorkerEngine<T>) {
  const requests: Request[] = [];
  const responses: Response[] = [];
  let isRunning = true;
  let close: (cause: Error) => void = () => undefined;
  let toWorker: (request: Request) => void = () => undefined;
  let toHost: (response: Response) => void = () => undefined;
  const port: WorkerPort = {
    post(request) {
      requests.push(request);
      setTimeout(() => toWorker(structuredClone(request)));
    },
    listen(receive, ended) {
      toHost = receive;
      close = ended;
    },
    setBusy: () => undefined,
    async terminate() {
      isRunning = false;
    },
  };
  serveSessions(engine, {
    post(response) {
      responses.push(response);
      setTimeout(() => toHost(structuredClone(response)));
    },
    listen: (receive) => {
      toWorker = receive;
    },
  });
  return {
    port,
    requests,
    responses,
    isRunning: () => isRunning,
    kill: () => close(new Error("killed by the test")),
  };
}

/** A runtime over one such worker. */
export async function inProcessRuntime<T>(engine: WorkerEngine<T>) {
  const worker = inProcessWorker(engine);
  const runtime = await startWorkerRuntime({
    engine: "test",
    device: "none",
    batching: "sequential",
    start: () => WorkerClient.start(worker.port, {}, "test"),
    sizeOf: async ({ size }) => size,
  });
  return { runtime, ...worker };
}
