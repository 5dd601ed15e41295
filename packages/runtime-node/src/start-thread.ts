import { Worker } from "node:worker_threads";
import { threadPort } from "@sunstep/runtime/node";
import type { WorkerPort } from "@sunstep/runtime/worker";

/** Starts the thread that will hold the sessions. Bundlers look for this very form of a file's address. */
export function startThread(): WorkerPort {
  const worker = new Worker(new URL("./worker.js", import.meta.url), {
    // Flags of the process, such as --input-type or --eval, are not for this file.
    execArgv: [],
    env: process.env,
    name: "sunstep",
  });
  return threadPort(worker);
}
