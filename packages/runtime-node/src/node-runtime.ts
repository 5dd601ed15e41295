import { stat } from "node:fs/promises";
import type { ByteSource } from "@sunstep/files";
import { type Runtime, runtimeError } from "@sunstep/runtime";
import { startWorkerRuntime, WorkerClient } from "@sunstep/runtime/worker";
import { type NodeDevice, nodeDevices } from "./devices.js";
import type { PreparedCacheOptions } from "./prepared/cache-folder.js";
import { startThread } from "./start-thread.js";
import { disableTelemetry, telemetryWarning } from "./telemetry.js";
import type { WorkerSettings } from "./worker-settings.js";

export interface NodeRuntimeOptions {
  /** Default "auto": the CPU. */
  readonly device?: NodeDevice;
  /** Threads of one run. Default: one for each physical core. */
  readonly threads?: number;
  /** Where prepared models are kept; false: nowhere. */
  readonly cache?: PreparedCacheOptions | false;
}

/**
 * Starts a runtime over onnxruntime-node: one worker thread that holds all its sessions, so that the calling thread
 * never waits for ONNX Runtime. The worker alone does not keep the process alive.
 * @throws DEVICE_UNAVAILABLE
 */
export async function createNodeRuntime(options: NodeRuntimeOptions = {}): Promise<Runtime> {
  const { device: asked = "auto", threads, cache = {} } = options;
  if (!nodeDevices.includes(asked)) {
    throw runtimeError(
      "DEVICE_UNAVAILABLE",
      `there is no device ${String(asked)}: use one of ${nodeDevices.join(", ")}`,
      { device: asked },
    );
  }
  const device = asked === "auto" ? "cpu" : asked;
  disableTelemetry();
  const warning = telemetryWarning();
  const settings: WorkerSettings = { device, cache, ...(threads !== undefined && { threads }) };
  return startWorkerRuntime({
    engine: "onnxruntime-node",
    device,
    batching: device === "cpu" ? "sequential" : "batched",
    ...(warning && { warnings: [{ code: "TELEMETRY_ON", message: warning }] }),
    start: () => WorkerClient.start(startThread(), settings, device),
    sizeOf: sizeOnDisk,
  });
}

/** What is not on disk (a Blob, bytes in memory) has no size there. */
async function sizeOnDisk({ name, path }: ByteSource): Promise<number | undefined> {
  if (path === undefined) return undefined;
  const info = await stat(path).catch(() => undefined);
  if (info?.isFile()) return info.size;
  throw runtimeError("EXTERNAL_DATA_MISSING", `weights file ${name} is no longer at ${path}`, { file: path });
}
