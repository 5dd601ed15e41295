import type { Worker } from "node:worker_threads";
import type { WorkerPort } from "../worker/worker-client.js";

/** Connects to a thread of Node. The thread keeps the process alive only while requests are pending. */
export function threadPort(worker: Worker): WorkerPort {
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    listen(receive, close) {
      worker.on("message", receive);
      worker.on("error", (cause) => close(cause instanceof Error ? cause : new Error(String(cause))));
      worker.on("exit", (code) => close(new Error(`exit code ${code}`)));
    },
    setBusy: (busy) => (busy ? worker.ref() : worker.unref()),
    async terminate() {
      // Otherwise the process may end, with code 13, before this is awaited.
      worker.ref();
      await worker.terminate();
    },
  };
}
