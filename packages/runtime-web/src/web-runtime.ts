import type { Runtime } from "@sunstep/runtime";
import { startWorkerRuntime, WorkerClient } from "@sunstep/runtime/worker";
import { availableThreads, chooseDevice, type WebDevice } from "./devices.js";
import { startWorker } from "./start-worker.js";
import { wasmFiles } from "./wasm-files.js";
import type { WorkerSettings } from "./worker-settings.js";

export interface WebRuntimeOptions {
  /** Default "auto": WebGPU where there is an adapter, WebAssembly otherwise. */
  readonly device?: WebDevice;
  /** Threads of a run on WebAssembly. Default: by the number of cores; 1 where the page is not isolated. */
  readonly threads?: number;
  /** Folder that ONNX Runtime's files are served from. Default: beside the code, where bundlers put them. */
  readonly wasmPaths?: string | URL;
}

/**
 * Starts a runtime over onnxruntime-web: one Web Worker that holds all its sessions, so that the page never waits for
 * ONNX Runtime. WebAssembly gives memory back only as a whole: disposing of the runtime ends the worker, which does.
 * @throws DEVICE_UNAVAILABLE
 */
export async function createWebRuntime(options: WebRuntimeOptions = {}): Promise<Runtime> {
  const { device: asked = "auto", threads, wasmPaths } = options;
  const { device, reasons, float16 = false } = await chooseDevice(asked);
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
