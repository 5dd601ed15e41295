import { Worker } from "node:worker_threads";
import type { WorkerPort } from "@sunstep/runtime/worker";
import { entry } from "./entry.js";

/** The thread that will hold the sessions. It keeps the process alive only while calls are under way. */
export function startThread(): WorkerPort {
  const { module, argv, env } = entry("worker");
  const worker = new Worker(module, {
    argv: [...argv],
    env: { ...process.env, ...env },
    name: "sunstep",
  });
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    listen(receive, close) {
      worker.on("message", receive);
      worker.on("error", (cause) => close(cause instanceof Error ? cause : new Error(String(cause))));
      worker.on("exit", (code) => close(new Error(`exit code ${code}`)));
    },
    setBusy: (busy) => (busy ? worker.ref() : worker.unref()),
    async terminate() {
      // Else the process may end, with code 13, before this is awaited.
      worker.ref();
      await worker.terminate();
    },
  };
}
