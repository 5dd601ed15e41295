import type { WebDevice } from "./devices.js";
import type { WasmFiles } from "./wasm-files.js";

/** What the worker is told when it starts. */
export interface WorkerSettings {
  readonly device: Exclude<WebDevice, "auto">;
  readonly threads: number;
  /** Whether the device computes in float16. */
  readonly float16: boolean;
  /** Addresses of ONNX Runtime's module and its WebAssembly. */
  readonly wasmFiles: WasmFiles;
}
