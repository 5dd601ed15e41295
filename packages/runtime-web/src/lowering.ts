import {
  lowerForWasm,
  lowerForWasmWith,
  lowerForWebGpu,
  lowerForWebGpuInFloat16,
} from "@sunstep/graph-passes";
import type { Pass } from "@sunstep/onnx-graph";
import { quantize } from "@sunstep/quantization";
import type { PrepareContext } from "@sunstep/runtime/worker";
import type { WorkerSettings } from "./worker-settings.js";

/**
 * Returns the passes that lower a raised graph to the forms that a device runs fastest. WebAssembly has the CPU's
 * kernels; weights stored in float16 stay so if shaders compute in float16 and the model may.
 */
export function loweringFor(
  { device, float16 }: Pick<WorkerSettings, "device" | "float16">,
  { precision, invariantInputs }: Pick<PrepareContext, "precision" | "invariantInputs">,
): readonly Pass[] {
  if (device === "wasm")
    return precision === "int8" ? lowerForWasmWith([quantize({ invariantInputs })]) : lowerForWasm;
  return float16 && precision !== "float32" ? lowerForWebGpuInFloat16 : lowerForWebGpu;
}
