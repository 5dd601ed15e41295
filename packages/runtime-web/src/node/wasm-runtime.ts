import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Runtime } from "@sunstep/runtime";
import { sizeOnDisk, threadPort } from "@sunstep/runtime/node";
import { startWorkerRuntime, type WorkerBackend, WorkerClient } from "@sunstep/runtime/worker";
import type { WasmSettings } from "./wasm-settings.js";

export interface WasmRuntimeOptions {
  /** Threads of one run. Default: one for each core that the process may use, at most 8. */
  readonly threads?: number;
  /** Warnings to give at every load: why another device is not used, for example. */
  readonly warnings?: WorkerBackend["warnings"];
}

/**
 * Starts a runtime in Node over onnxruntime-web's WebAssembly, in a worker thread. It needs no native library, is slower
 * than one, and holds weights up to 3 GiB of float32.
 * @throws DEVICE_UNAVAILABLE
 */
export async function createWasmRuntime({
  threads = Math.min(8, availableParallelism()),
  warnings = [],
}: WasmRuntimeOptions = {}): Promise<Runtime> {
  const settings: WasmSettings = { threads };
  return startWorkerRuntime({
    engine: "onnxruntime-web",
    device: "wasm",
    batching: "sequential",
    warnings,
    start: () => WorkerClient.start(threadPort(startThread()), settings, "wasm"),
    sizeOf: sizeOnDisk,
  });
}

function startThread(): Worker {
  // Flags of the process, such as --input-type or --eval, are not for this file. webpack names its chunk by `name`, which
  // must differ from the name of runtime-node's thread.
  return new Worker(new URL("./node-worker.js", import.meta.url), { execArgv: [], name: "sunstep-wasm" });
}
