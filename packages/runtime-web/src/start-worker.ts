import type { WorkerPort } from "@sunstep/runtime/worker";

/** Starts the worker that will hold the sessions. Bundlers look for this very form of a file's address. */
export function startWorker(): WorkerPort {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "sunstep" });
  return {
    post: (request, transfer) => worker.postMessage(request, [...transfer]),
    listen(receive, close) {
      worker.addEventListener("message", ({ data }) => receive(data));
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        close(new Error(event.message || "its script could not be loaded"));
        worker.terminate();
      });
    },
    setBusy: () => undefined,
    terminate: async () => worker.terminate(),
  };
}
