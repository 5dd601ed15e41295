import type { Runtime } from "@sunstep/runtime";
import { startWorkerRuntime, WorkerClient } from "@sunstep/runtime/worker";
import { availableThreads, chooseDevice, type WebDevice } from "./devices.js";
import { startWorker } from "./start-worker.js";
import { wasmFiles } from "./wasm-files.js";
import type { WorkerSettings } from "./worker-settings.js";

export interface WebRuntimeOptions {
  /** Default "auto": WebGPU where there is an adapter, WebAssembly otherwise. */
  readonly device?: WebDevice;
  /** Threads of a run on WebAssembly. Default: by the number of cores; 1 in a page that is not cross-origin isolated. */
  readonly threads?: number;
  /** URL of the folder with ONNX Runtime's files. Default: beside the code, where bundlers put them. */
  readonly wasmPaths?: string | URL;
}

/**
 * Starts a runtime over onnxruntime-web: one Web Worker that holds all its sessions, so that the page never waits for
 * ONNX Runtime. WebAssembly never shrinks: disposing of the runtime ends the worker, which frees its memory.
 * @throws DEVICE_UNAVAILABLE
 */
export async function createWebRuntime(options: WebRuntimeOptions = {}): Promise<Runtime> {
  const { device: requested = "auto", threads, wasmPaths } = options;
  const { device, reasons, float16 = false } = await chooseDevice(requested);
  const settings: WorkerSettings = {
    device,
    float16,
    threads: crossOriginIsolated ? (threads ?? availableThreads()) : 1,
    wasmFiles: wasmFiles(device, wasmPaths),
  };
  return startWorkerRuntime({
    engine: "onnxruntime-web",
    device,
    batching: device === "wasm" ? "sequential" : "batched",
    warnings: reasons.map((message) => ({ code: "DEVICE_LIMITED", message })),
    start: () => WorkerClient.start(startWorker(), settings, device),
    sizeOf: async ({ blob }) => blob?.size,
  });
}
