import { lowerForCpu, lowerForWebGpu } from "@sunstep/graph-passes";
import type { Pass } from "@sunstep/onnx-graph";
import type { WebDevice } from "./devices.js";

/** The passes that bring a raised graph to what each device runs fastest. WebAssembly has the CPU's kernels. */
export const lowerings: Readonly<Record<Exclude<WebDevice, "auto">, readonly Pass[]>> = {
  wasm: lowerForCpu,
  webgpu: lowerForWebGpu,
};
