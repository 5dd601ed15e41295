import type { WebDevice } from "./devices.js";
import type { WasmFiles } from "./wasm-files.js";

/** The settings that the worker receives when it starts. */
export interface WorkerSettings {
  readonly device: Exclude<WebDevice, "auto">;
  readonly threads: number;
  /** Tells whether the device computes in float16. */
  readonly float16: boolean;
  /** URLs of ONNX Runtime's module and its WebAssembly. */
  readonly wasmFiles: WasmFiles;
}
