import { type Runtime, runtimeError } from "@sunstep/runtime";
import { sizeOnDisk } from "@sunstep/runtime/node";
import { startWorkerRuntime, type WorkerBackend, WorkerClient } from "@sunstep/runtime/worker";
import { type NodeDevice, nodeDevices } from "./devices.js";
import { physicalCores } from "./physical-cores.js";
import type { PreparedCacheOptions } from "./prepared/cache-folder.js";
import { hasFastInt8, processorName } from "./processor.js";
import { startThread } from "./start-thread.js";
import { disableTelemetry, telemetryWarning } from "./telemetry.js";
import { withFallback } from "./with-fallback.js";
import type { WorkerSettings } from "./worker-settings.js";

export interface NodeRuntimeOptions {
  /** Default "auto": the CPU, or WebAssembly where onnxruntime-node has no binary for the platform. */
  readonly device?: NodeDevice;
  /** Threads of one run. Default: one for each physical core. */
  readonly threads?: number;
  /** The cache of prepared models; false: no cache. */
  readonly cache?: PreparedCacheOptions | false;
}

/**
 * Starts a runtime over onnxruntime-node, or over WebAssembly: one worker thread that holds all its sessions, so that the
 * calling thread never waits for ONNX Runtime. The worker alone does not keep the process alive.
 * @throws DEVICE_UNAVAILABLE
 */
export async function createNodeRuntime(options: NodeRuntimeOptions = {}): Promise<Runtime> {
  const { device = "auto" } = options;
  if (!nodeDevices.includes(device)) {
    throw runtimeError(
      "DEVICE_UNAVAILABLE",
      `there is no device ${String(device)}: use one of ${nodeDevices.join(", ")}`,
      { device },
    );
  }
  if (device === "wasm") return startWasm(options, []);
  if (device !== "auto") return startNative(device, options);
  return withFallback(
    () => startNative("cpu", options),
    (warnings) => startWasm(options, warnings),
  );
}

async function startNative(
  device: WorkerSettings["device"],
  { threads, cache = {} }: NodeRuntimeOptions,
): Promise<Runtime> {
  disableTelemetry();
  const warning = telemetryWarning();
  const settings: WorkerSettings = { device, cache, ...(threads !== undefined && { threads }) };
  return startWorkerRuntime({
    engine: "onnxruntime-node",
    device,
    batching: device === "cpu" ? "sequential" : "batched",
    fastInt8: device === "cpu" && hasFastInt8(await processorName()),
    ...(warning && { warnings: [{ code: "TELEMETRY_ON", message: warning }] }),
    start: () => WorkerClient.start(startThread(), settings, device),
    sizeOf: sizeOnDisk,
  });
}

/** WebAssembly is 14 MB that few need, so it is imported on demand. */
async function startWasm(
  { threads = physicalCores() }: NodeRuntimeOptions,
  warnings: NonNullable<WorkerBackend["warnings"]>,
): Promise<Runtime> {
  const { createWasmRuntime } = await import("@sunstep/runtime-web/node");
  return createWasmRuntime({ warnings, ...(threads !== undefined && { threads }) });
}
