import { lowerForCpuWith, lowerForWebGpu, lowerToElementary } from "@sunstep/graph-passes";
import type { Pass } from "@sunstep/onnx-graph";
import type { NativeDevice } from "./devices.js";

/**
 * The passes that lower a raised graph to the forms that each device runs fastest, with `products` over linear layers and
 * convolutions where it has kernels for them.
 */
export const lowerings: Readonly<Record<NativeDevice, (products: readonly Pass[]) => readonly Pass[]>> = {
  cpu: lowerForCpuWith,
  webgpu: () => lowerForWebGpu,
  cuda: () => lowerToElementary,
  dml: () => lowerToElementary,
  coreml: () => lowerToElementary,
};
